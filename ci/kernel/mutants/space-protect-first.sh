# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-protect-first
# arch: x86
# class: second address space
# breaks: pages of address space 1 are protected where address space 0 maps them.
# lost: later writes to pages of address space 1
# first: basic.*.smm
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*kvm_tdp_mmu_clear_dirty_pt_masked(/,/^}/s/slot->as_id/0/' "$1"
