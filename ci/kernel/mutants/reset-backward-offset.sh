# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-backward-offset
# arch: all
# class: 34 reset in batches
# breaks: a batch that grows towards lower pages keeps its old start.
# lost: all later writes to pages that were written in descending order:
#   others are protected in their place
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_reset(/,/^}/{
	/Backwards visit/,/continue;/s/cur_offset = next_offset;/;/
}' "$1"
