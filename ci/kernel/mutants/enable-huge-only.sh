# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-huge-only
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on write-protects huge pages and leaves small ones
#   writable.
# lost: all writes to pages that the guest has mapped before
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/s/kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_4K);/kvm_mmu_slot_remove_write_access(kvm, new, PG_LEVEL_2M);/' "$1"
