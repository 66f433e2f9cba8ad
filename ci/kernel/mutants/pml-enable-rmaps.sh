# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-enable-rmaps
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on clears D bits in the pages of the TDP MMU
#   only.
# lost: without that MMU, writes to pages that were written before the log
#   was on
# mode: intel,tdp_mmu=N
# first: basic.*.toggle_over_mappings
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_leaf_clear_dirty(/,/^}/s/if (kvm_memslots_have_rmaps(kvm)) {/if (kvm_memslots_have_rmaps(kvm) \&\& tdp_mmu_enabled) {/' "$1"
