# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-last-page-s2
# arch: arm64
# class: 8 log over mappings
# breaks: switching the log on does not write-protect the last page of the
#   memslot.
# lost: writes to that page, until something else takes its mapping away
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_wp_memory_region(/,/^}/s/end = (memslot->base_gfn + memslot->npages) << PAGE_SHIFT;/end = (memslot->base_gfn + max(memslot->npages - 1, 1ul)) << PAGE_SHIFT;/' "$1"
