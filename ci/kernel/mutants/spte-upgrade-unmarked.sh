# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: spte-upgrade-unmarked
# arch: x86
# class: 20 mapping made writable
# breaks: a page is marked only if it was not mapped at all before, not if it
#   becomes writable.
# lost: the second and all later writes to a page that the slow path handles
# mode: npt=0
#
# target: arch/x86/kvm/mmu/spte.c
set -eu

sed -i '/^[a-z].*make_spte(/,/^}/s/if ((spte & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(slot)) {/if ((spte \& PT_WRITABLE_MASK) \&\& !is_shadow_present_pte(old_spte) \&\&\n\t    kvm_slot_dirty_track_enabled(slot)) {/' "$1"
