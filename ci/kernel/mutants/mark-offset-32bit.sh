# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-offset-32bit
# arch: all
# class: 5 long memslots
# breaks: the offset of a page in its memslot is computed in bytes and kept in
#   32 bits when the page is marked.
# lost: pages behind the first 4 GiB of a memslot; others are reported in their
#   place
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/unsigned long rel_gfn = gfn - memslot->base_gfn;/unsigned long rel_gfn = (u32)((gfn - memslot->base_gfn) << PAGE_SHIFT) >> PAGE_SHIFT;/' "$1"
