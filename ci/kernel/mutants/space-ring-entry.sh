# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-ring-entry
# arch: x86
# class: second address space
# breaks: a ring names the memslot without its address space.
# lost: pages of address space 1; pages of address space 0 are spurious
# first: basic.*.smm
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/u32 slot = (memslot->as_id << 16) | memslot->id;/u32 slot = memslot->id;/' "$1"
