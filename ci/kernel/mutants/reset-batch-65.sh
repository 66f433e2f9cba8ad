# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-batch-65
# arch: all
# class: 34 reset in batches
# breaks: the batches in which rings are reset are one page too long.
# lost: all later writes to a page that is 64 pages behind the first one of a
#   batch
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_reset(/,/^}/s/if (delta >= 0 && delta < BITS_PER_LONG) {/if (delta >= 0 \&\& delta <= BITS_PER_LONG) {/;/mask |= 1ull << delta;/s/delta/(delta \& 63)/' "$1"
