# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-huge-writable
# arch: x86
# class: 43 huge pages
# breaks: switching the log on does not write-protect huge pages if CPUs
#   log.
# lost: all pages of a huge page but the one that is written first
# mode: intel,eager_page_split=N
# first: basic.*.huge_layouts basic.*.split_recover
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/{/kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_2M);/d}' "$1"
