# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-by-aligned-base
# arch: all
# class: 5 unaligned memslots
# breaks: the offset of a page in its memslot is taken from the memslot's
#   address rounded down to 64 pages.
# lost: every page of a memslot that begins elsewhere is reported as another
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/unsigned long rel_gfn = gfn - memslot->base_gfn;/unsigned long rel_gfn = gfn - (memslot->base_gfn \& ~63ul);\n\n\t\tif (rel_gfn >= memslot->npages)\n\t\t\treturn;/' "$1"
