# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: fast-pf-first-of-table
# arch: x86
# class: 19 fast page fault
# breaks: the fast path marks the first page of eight in which the fault was.
# lost: the second and all later writes to seven pages of eight, and exactness
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*fast_pf_fix_direct_spte(/,/^}/s/fault->slot, fault->gfn);/fault->slot,\n\t\t\t\t\tmax(fault->gfn \& ~7ull, fault->slot->base_gfn));/' "$1"
