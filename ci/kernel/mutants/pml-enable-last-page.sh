# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-enable-last-page
# arch: x86
# class: 5 last page
# breaks: switching the log on does not clear the D bit of the last page of
#   the memslot.
# lost: writes to that page, if it was written before
# mode: intel,pml
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*kvm_tdp_mmu_clear_dirty_slot(/,/^}/s/slot->base_gfn + slot->npages);/slot->base_gfn + slot->npages - 1);/' "$1"
