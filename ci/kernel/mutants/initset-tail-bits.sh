# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: initset-tail-bits
# arch: all
# class: 1 bitmap tail
# breaks: a log that begins with every page set has bits behind the last page
#   set, too.
# lost: nothing, if userspace checks; pages of the next memslot are copied
#   with wrong content, if it does not
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_prepare_memory_region(/,/^}/s/bitmap_set(new->dirty_bitmap, 0, new->npages);/bitmap_set(new->dirty_bitmap, 0, ALIGN(new->npages, BITS_PER_LONG));/' "$1"
