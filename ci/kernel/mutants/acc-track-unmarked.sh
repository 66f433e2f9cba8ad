# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: acc-track-unmarked
# arch: x86
# class: 19 fast page fault
# breaks: the fast path does not mark a page whose mapping waited for a
#   first access.
# lost: the first write to a page that was mapped ahead
# mode: intel,eptad=0
# first: basic.*.prefault basic.*.prefault_all
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*fast_pf_fix_direct_spte(/,/^}/s/if (is_writable_pte(new_spte) \&\& !is_writable_pte(old_spte))/if (is_writable_pte(new_spte) \&\& !is_writable_pte(old_spte) \&\& !is_access_track_spte(old_spte))/' "$1"
