# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-prefetch-logged
# arch: x86
# class: 20 read-ahead
# breaks: the neighbours of a page are mapped ahead, writable, although they
#   are logged.
# lost: exactness: pages that the guest never touched are reported
# mode: tdp_mmu=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*gfn_to_memslot_dirty_bitmap(/,/^}/s/if (no_dirty_log && kvm_slot_dirty_track_enabled(slot))/if (no_dirty_log \&\& !slot)/' "$1"
