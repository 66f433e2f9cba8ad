# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-reset-first
# arch: x86
# class: second address space
# breaks: the reset of a ring protects pages of address space 0.
# lost: later writes to pages of address space 1
# first: basic.*.smm
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_reset_dirty_gfn(/,/^}/s/as_id = slot >> 16;/as_id = 0;/' "$1"
