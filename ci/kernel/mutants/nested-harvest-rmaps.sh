# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: nested-harvest-rmaps
# arch: x86
# class: nested guests
# breaks: a harvest protects what the guest has mapped, and not what its guests have.
# lost: later writes of nested guests
# first: basic.*.nested
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_write_protect_pt_masked(/,/^}/s/if (!kvm_memslots_have_rmaps(kvm))/if (tdp_mmu_enabled)/' "$1"
