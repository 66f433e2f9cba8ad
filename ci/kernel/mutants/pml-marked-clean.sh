# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-marked-clean
# arch: x86
# class: 42 marking a fault
# breaks: a page that a fault has marked is mapped with its D bit clear, so
#   that the CPU logs the write once more.
# lost: exactness: the page is in the ring twice, or in the next harvest as
#   well
# mode: intel,pml
#
# target: arch/x86/kvm/mmu/spte.c
set -eu

sed -i '/^[a-z].*make_spte(/,/^}/{s/shadow_mmu_writable_mask |$/shadow_mmu_writable_mask;/;/^\t\t\t\tshadow_dirty_mask;/d}' "$1"
