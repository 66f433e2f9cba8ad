# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-forgets-kind
# arch: x86
# class: 46 binding over a change of flags
# breaks: a guest_memfd memslot whose log is switched forgets that all of its
#   memory is guest_memfd.
# lost: faults go to the userspace address from then on: EFAULT, or another
#   memory than the one that is logged
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_carry_binding(/,/^}/s/new->flags |= old->flags & KVM_MEMSLOT_GMEM_ONLY;/new->flags |= 0;/' "$1"
