# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-not-atomic
# arch: all
# class: 14 marks of one word
# breaks: a page is marked by reading its word of the bitmap, and writing it back with
#   one more bit.
# lost: of two vCPUs that mark pages of one word at the same time, one's mark; or a
#   harvest does not take what it has taken
# first: stress.*.bitmap.one_word
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/set_bit_le(rel_gfn, memslot->dirty_bitmap);/__set_bit_le(rel_gfn, memslot->dirty_bitmap);/' "$1"
