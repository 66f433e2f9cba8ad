# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: same-flags-again
# arch: x86
# class: 46 binding over a change of flags
# breaks: asking a guest_memfd memslot for the flags that it has is taken for
#   a change.
# lost: a warning, which kills a machine that panics on warnings
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_set_memory_region(/,/^}/s/mem->flags != (old->flags & ~KVM_MEMSLOT_GMEM_ONLY)/mem->flags != old->flags/' "$1"
