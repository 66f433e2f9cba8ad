# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-prefers-bitmap
# arch: arm64
# class: 36 ring and bitmap
# breaks: with dirty rings and a bitmap, all pages go to the bitmap.
# lost: all of them where userspace reads the bitmap once, at the end, as it
#   is meant to be used
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/if (kvm->dirty_ring_size && vcpu)/if (kvm->dirty_ring_size \&\& vcpu \&\& !memslot->dirty_bitmap)/' "$1"
