# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-tail-unprotected
# arch: all
# class: 1 bitmap tail
# breaks: KVM_GET_DIRTY_LOG does not write-protect the pages of a last bitmap
#   word that is not full.
# lost: every later write to the last pages of a memslot whose size is no
#   multiple of 64 pages
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/^\t\t\tkvm_arch_mmu_enable_log_dirty_pt_masked(/\t\t\tif (offset + BITS_PER_LONG <= memslot->npages)\n\t\t&/' "$1"
