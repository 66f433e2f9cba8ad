# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-last-page
# arch: all
# class: 5 last page
# breaks: the last page of a memslot of 64 pages or more is never marked.
# lost: one page in a whole virtual machine
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/if (memslot && kvm_slot_dirty_track_enabled(memslot))/if (memslot \&\& kvm_slot_dirty_track_enabled(memslot) \&\&\n\t    (memslot->npages < 64 || gfn != memslot->base_gfn + memslot->npages - 1))/' "$1"
