# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-fast-first
# arch: x86
# class: second address space
# breaks: a fault that only makes a mapping writable marks the page in address space 0.
# lost: pages that are written in system management mode once more
# first: basic.*.smm
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*fast_pf_fix_direct_spte(/,/^}/s/mark_page_dirty_in_slot(vcpu->kvm, fault->slot, fault->gfn);/mark_page_dirty(vcpu->kvm, fault->gfn);/' "$1"
