# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-wrap
# arch: all
# class: 33 ring push
# breaks: the index into a ring is taken modulo one less than its size.
# lost: entries, once a ring has been filled: userspace reads where KVM did
#   not write
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_push(/,/^}/s/ring->dirty_index & (ring->size - 1)/ring->dirty_index % (ring->size - 1)/' "$1"
