# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: nested-unmap-rmaps
# arch: x86
# class: nested guests
# breaks: a hole is taken from the guest, and not from its guests.
# lost: writes of nested guests into it: they reach memory that is nobody's
# first: basic.*.nested
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_unmap_gfn_range(/,/^}/s/if (kvm_memslots_have_rmaps(kvm))/if (!tdp_mmu_enabled)/' "$1"
