# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-skips-huge
# arch: x86
# class: 43 huge pages
# breaks: switching the log on leaves huge pages writable that were not split
#   before.
# lost: all writes to memory that is mapped huge
# mode: eager_page_split=N
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*wrprot_gfn_range(/,/^}/s/!is_last_spte(iter.old_spte, iter.level) ||/is_large_pte(iter.old_spte) ||\n\t\t    &/' "$1"
