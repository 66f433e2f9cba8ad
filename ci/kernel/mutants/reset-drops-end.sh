# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-drops-end
# arch: all
# class: 34 reset in batches
# breaks: a batch that could reach past the end of the memslot is dropped,
#   even if it does not.
# lost: all later writes to the last 64 pages of a memslot
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_reset_dirty_gfn(/,/^}/s/offset + __fls(mask) >= memslot->npages)/offset + BITS_PER_LONG > memslot->npages)/' "$1"
