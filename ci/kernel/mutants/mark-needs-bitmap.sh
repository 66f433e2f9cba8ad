# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: mark-needs-bitmap
# arch: arm64
# class: 36 ring and bitmap
# breaks: a page is marked only in a memslot that has a bitmap.
# lost: everything where userspace uses dirty rings alone
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_s2_fault_map(/,/^}/s/if (writable && !ret) {/if (writable \&\& !ret \&\& s2fd->memslot->dirty_bitmap) {/' "$1"
