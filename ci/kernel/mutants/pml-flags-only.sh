# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-flags-only
# arch: x86
# class: 24 page modification log
# breaks: CPUs log if the flags of a memslot change, not if one is created
#   with its log on.
# lost: all pages of such a memslot that are written again
# mode: intel,pml
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/s/if ((old_flags ^ new_flags) \& KVM_MEM_LOG_DIRTY_PAGES)$/if (change == KVM_MR_FLAGS_ONLY \&\& ((old_flags ^ new_flags) \& KVM_MEM_LOG_DIRTY_PAGES))/' "$1"
