# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-fault-first
# arch: x86
# class: second address space
# breaks: a fault marks the page in address space 0, in whichever the vCPU runs.
# lost: pages that are written in system management mode for the first time
# first: basic.*.smm
#
# target: arch/x86/kvm/mmu/spte.c
set -eu

sed -i '/^[a-z].*make_spte(/,/^}/s/mark_page_dirty_in_slot(vcpu->kvm, slot, gfn);/mark_page_dirty(vcpu->kvm, gfn);/' "$1"
