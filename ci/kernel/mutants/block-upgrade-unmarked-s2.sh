# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: block-upgrade-unmarked-s2
# arch: arm64
# class: 42 marking a fault
# breaks: a block that is write-protected is made writable and nothing is marked.
#   Only rings without a bitmap have logged blocks: arm64-ring-marks-blocks.
# lost: every write after a harvest, of the block's first page as well
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^static int kvm_s2_fault_map(/,/^}/s/^\tif (writable \&\& !ret) {$/\tif (writable \&\& !ret \&\& (mapping_size == PAGE_SIZE || mapping_size != perm_fault_granule)) {/' "$1"
