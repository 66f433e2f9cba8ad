# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: kvm-write-unmarked
# arch: all
# class: 28 KVM writes
# breaks: what KVM writes to guest memory by its general function is not
#   marked in bitmaps.
# lost: the wall clock, hypercall pages, interrupt tables and all emulated
#   stores
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*__kvm_write_guest_page(/,/^}/s/mark_page_dirty_in_slot(kvm, memslot, gfn);/if (kvm->dirty_ring_size)\n\t\t&/' "$1"
