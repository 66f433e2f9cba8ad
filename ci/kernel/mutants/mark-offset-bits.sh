# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-offset-bits
# arch: all
# class: 5 long memslots
# breaks: the offset of a page in its memslot is kept in too few bits when the
#   page is marked.
# lost: pages behind the first 1024 of a memslot; others are reported in their
#   place
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/unsigned long rel_gfn = gfn - memslot->base_gfn;/unsigned long rel_gfn = (gfn - memslot->base_gfn) \& 1023;/' "$1"
