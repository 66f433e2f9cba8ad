# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-forgets-offset
# arch: all
# class: 46 binding over a change of flags
# breaks: a guest_memfd memslot whose log is switched forgets its offset into
#   the file.
# lost: the guest faults on pages it has not mapped yet, or sees others than
#   the host
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_carry_binding(/,/^}/s/new->gmem.pgoff = old->gmem.pgoff;/new->gmem.pgoff = 0;/' "$1"
