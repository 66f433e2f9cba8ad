# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: cached-write-unmarked
# arch: x86
# class: 28 KVM writes
# breaks: what KVM writes through a cached address is not marked.
# lost: the pages with the end-of-interrupt flag and with asynchronous faults
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_write_guest_offset_cached(/,/^}/s/mark_page_dirty_in_slot(kvm, ghc->memslot, gpa >> PAGE_SHIFT);/;/' "$1"
