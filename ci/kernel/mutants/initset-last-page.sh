# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: initset-last-page
# arch: all
# class: 9 initially set
# breaks: a log that begins with every page set leaves out the last page.
# lost: a last page that is never written again: it is not copied in the first
#   round nor later
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_prepare_memory_region(/,/^}/s/bitmap_set(new->dirty_bitmap, 0, new->npages);/bitmap_set(new->dirty_bitmap, 0, new->npages - 1);/' "$1"
