# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-backward
# arch: all
# class: 34 reset in batches
# breaks: a batch grows towards lower pages although its highest page falls
#   out.
# lost: all later writes to the higher page of two that were written in
#   descending order
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_reset(/,/^}/s/(mask << -delta >> -delta) == mask) {/mask) {/' "$1"
