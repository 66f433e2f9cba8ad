# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-last-page
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on does not write-protect the last page of the
#   memslot.
# lost: writes to that page, until something else takes its mapping away
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*kvm_tdp_mmu_wrprot_slot(/,/^}/s/slot->base_gfn + slot->npages, min_level);/slot->base_gfn + slot->npages - 1, min_level);/' "$1"
