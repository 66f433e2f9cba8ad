# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: fault-maps-huge
# arch: x86
# class: 43 huge pages
# breaks: a fault maps a huge page although the memslot is logged.
# lost: all but the one page in 512 that the fault was for
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_hugepage_adjust(/,/^}/s/if (kvm_slot_dirty_track_enabled(slot))/if (!slot)/' "$1"
