# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-tail-not-copied
# arch: all
# class: 1 bitmap tail
# breaks: KVM_GET_DIRTY_LOG rounds the size of what it copies down, not up, to
#   whole words.
# lost: the dirty pages of a last bitmap word that is not full: userspace
#   reads what was in its buffer
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/dirty_bitmap_buffer, n))/dirty_bitmap_buffer,\n\t\t\t memslot->npages \/ BITS_PER_LONG * sizeof(long)))/' "$1"
