# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: fast-pf-huge
# arch: x86
# class: 19 fast page fault
# breaks: the fast path makes a huge page writable although it is logged.
# lost: all but the one page in 512 that the fault was for
# mode: eager_page_split=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*fast_page_fault(/,/^}/s/^\t\t\t    kvm_slot_dirty_track_enabled(fault->slot))/\t\t\t    !fault->slot)/' "$1"
