# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: protect-span-end
# arch: arm64
# class: 4 which pages are protected
# breaks: the highest dirty page of a word is not write-protected after a
#   harvest.
# lost: all later writes to it
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_mmu_enable_log_dirty_pt_masked(/,/^}/s/(base_gfn + __fls(mask) + 1) << PAGE_SHIFT;/max(base_gfn + __fls(mask),\n\t\t\t      base_gfn + __ffs(mask) + 1) << PAGE_SHIFT;/' "$1"
