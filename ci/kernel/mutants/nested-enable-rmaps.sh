# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: nested-enable-rmaps
# arch: x86
# class: nested guests
# breaks: switching the log on protects what the guest has mapped, and not what its
#   guests have.
# lost: writes of nested guests to what they wrote before
# first: basic.*.nested
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_remove_write_access(/,/^}/s/if (kvm_memslots_have_rmaps(kvm))/if (!tdp_mmu_enabled)/' "$1"
