# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-drops-last
# arch: all
# class: 34 reset in batches
# breaks: the last batch of a reset is dropped if it is a single page.
# lost: all later writes to a page that is dirtied on its own
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_reset(/,/^}/s/^\tif (mask)$/\tif (mask > 1)/' "$1"
