# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-enable-unclean
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on does not clear D bits.
# lost: writes to pages that were written before the log was on
# mode: intel,pml
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/{/kvm_mmu_slot_leaf_clear_dirty(kvm, new);/d}' "$1"
