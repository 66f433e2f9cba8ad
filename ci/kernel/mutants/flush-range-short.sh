# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: flush-range-short
# arch: arm64
# class: 13 flush after harvest
# breaks: flushing the TLBs for a memslot leaves out its last page.
# lost: writes that a running vCPU makes to that page through an old TLB entry
#   after a harvest
# first: stress
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_flush_remote_tlbs_range(/,/^}/s/u64 size = nr_pages << PAGE_SHIFT;/u64 size = (nr_pages - 1) << PAGE_SHIFT;/' "$1"
