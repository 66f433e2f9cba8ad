# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: initset-one-huge-page
# arch: x86
# class: 18 huge pages
# breaks: clearing pages that lie in two huge pages write-protects only the
#   first of the two.
# lost: all writes to the second one, when it is not split ahead
# mode: eager_page_split=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_mmu_enable_log_dirty_pt_masked(/,/^}/s/ALIGN(end << PAGE_SHIFT, PMD_SIZE))/ALIGN(start << PAGE_SHIFT, PMD_SIZE))/' "$1"
