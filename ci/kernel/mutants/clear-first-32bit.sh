# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-first-32bit
# arch: all
# class: 3 word index
# breaks: KVM_CLEAR_DIRTY_LOG keeps the byte offset of the first page in a signed
#   32-bit number when it finds the bitmap's word.
# lost: the clear of a range behind the first 2 GiB of a memslot clears bits of
#   pages elsewhere, which are not told
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^static int kvm_clear_dirty_log_protect(/,/^}/s|i = offset / BITS_PER_LONG,|i = ((offset << PAGE_SHIFT) \& 0x7fffffffUL) / PAGE_SIZE / BITS_PER_LONG,|' "$1"
