# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-mixes-memslots
# arch: all
# class: 34 reset in batches
# breaks: entries of different memslots go into one batch.
# lost: all later writes to pages of the second memslot
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_reset(/,/^}/s/if (next_slot == cur_slot) {/if (next_slot >> 16 == cur_slot >> 16) {/' "$1"
