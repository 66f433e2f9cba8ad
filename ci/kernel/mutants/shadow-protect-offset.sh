# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-protect-offset
# arch: x86
# class: 4 which pages are protected
# breaks: of each word the pages of the first are write-protected where KVM
#   keeps reverse maps.
# lost: the second and all later writes to pages behind the first 64
# mode: tdp_mmu=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_write_protect_pt_masked(/,/^}/s/gfn_to_rmap(slot->base_gfn + gfn_offset + __ffs(mask),/gfn_to_rmap(slot->base_gfn + __ffs(mask),/' "$1"
