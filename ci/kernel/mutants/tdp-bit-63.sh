# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: tdp-bit-63
# arch: x86
# class: 3 word index
# breaks: the last page of every 64 is not write-protected after a harvest.
# lost: all later writes to one page in 64
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*clear_dirty_pt_masked(/,/^}/s/gfn + BITS_PER_LONG) {/gfn + BITS_PER_LONG - 1) {/' "$1"
