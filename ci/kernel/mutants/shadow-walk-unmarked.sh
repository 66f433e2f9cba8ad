# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-walk-unmarked
# arch: x86
# class: 25 guest page tables
# breaks: guest page tables in which KVM sets accessed and dirty flags are not
#   marked.
# lost: page tables of the guest, which then miss flags that the guest relied
#   on
# mode: npt=0
#
# target: arch/x86/kvm/mmu/paging_tmpl.h
set -eu

sed -i '/^[a-z].*FNAME(update_accessed_dirty_bits)(/,/^}/s/kvm_vcpu_mark_page_dirty(vcpu, table_gfn);/;/' "$1"
