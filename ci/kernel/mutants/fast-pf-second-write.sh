# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: fast-pf-second-write
# arch: x86
# class: 19 fast page fault
# breaks: a page that is made writable again by the fast path is marked only
#   if it was never dirty before.
# lost: the second and all later writes to every page
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*fast_pf_fix_direct_spte(/,/^}/s/if (is_writable_pte(new_spte) && !is_writable_pte(old_spte))/if (is_writable_pte(new_spte) \&\& !(old_spte \& shadow_dirty_mask))/' "$1"
