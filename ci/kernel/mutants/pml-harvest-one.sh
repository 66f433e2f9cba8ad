# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-harvest-one
# arch: x86
# class: 3 word index
# breaks: a harvest clears the D bit of the first dirty page of 64 only.
# lost: later writes to the others
# mode: intel,tdp_mmu=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_clear_dirty_pt_masked(/,/^}/s/while (mask) {/if (mask) {/' "$1"
