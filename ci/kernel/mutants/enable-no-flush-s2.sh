# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-no-flush-s2
# arch: arm64
# class: 8 log over mappings
# breaks: switching the log on write-protects pages and does not flush the
#   TLBs.
# lost: writes that a running vCPU makes through an old TLB entry after the
#   log was switched on
# first: stress
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_mmu_wp_memory_region(/,/^}/s/^\tkvm_flush_remote_tlbs_memslot(kvm, memslot);/\t;/' "$1"
