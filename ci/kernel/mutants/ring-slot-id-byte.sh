# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-slot-id-byte
# arch: all
# class: 6 number of the memslot
# breaks: an entry of a ring has the low byte of the memslot's number only.
# lost: pages of memslots with numbers from 256 on; pages of others are
#   reported in their place
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/(memslot->as_id << 16) | memslot->id;/(memslot->as_id << 16) | (u8)memslot->id;/' "$1"
