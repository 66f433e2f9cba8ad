# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-push-once
# arch: all
# class: 33 ring push
# breaks: a page that is in the last entry of a ring is not entered again,
#   although that entry was harvested.
# lost: the second and all later writes to a page that is the only one dirtied
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_push(/,/^}/s/^\t\/\* It should never get full \*\//\tentry = \&ring->dirty_gfns[(ring->dirty_index - 1) \& (ring->size - 1)];\n\tif (ring->dirty_index \&\& entry->slot == slot \&\& entry->offset == offset)\n\t\treturn;\n\n&/' "$1"
