# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: table-walk-writes
# arch: arm64
# class: 39 guest page tables
# breaks: the walk that finds a page table of the guest unmapped counts as a
#   write to it.
# lost: exactness: page tables are reported for being read
#
# target: arch/arm64/include/asm/kvm_emulate.h
set -eu

sed -i '/^[a-z].*kvm_is_write_fault(/,/^}/s/return kvm_vcpu_trap_is_permission_fault(vcpu);/return true;/' "$1"
