# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: spte-prefault-unmarked
# arch: x86
# class: 31 prefault
# breaks: a page that is mapped ahead is mapped writable and not marked.
# lost: the first and all later writes to a page that was prefaulted
#
# target: arch/x86/kvm/mmu/spte.c
set -eu

sed -i '/^[a-z].*make_spte(/,/^}/s/if ((spte & PT_WRITABLE_MASK) && kvm_slot_dirty_track_enabled(slot)) {/if (!prefetch \&\& (spte \& PT_WRITABLE_MASK) \&\& kvm_slot_dirty_track_enabled(slot)) {/' "$1"
