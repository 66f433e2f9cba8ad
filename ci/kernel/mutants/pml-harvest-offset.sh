# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-harvest-offset
# arch: x86
# class: 3 word index
# breaks: a harvest counts the pages whose D bit it clears from the first
#   dirty one of 64, not from the first.
# lost: later writes to pages that were harvested, and others are reported
#   twice
# mode: intel,pml
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_clear_dirty_pt_masked(/,/^}/s/slot->base_gfn + gfn_offset, mask, false);/slot->base_gfn + gfn_offset + __ffs(mask), mask, false);/' "$1"
