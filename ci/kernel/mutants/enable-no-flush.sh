# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-no-flush
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on write-protects pages and does not flush the
#   TLBs.
# lost: writes that a running vCPU makes through an old TLB entry after the
#   log was switched on
# first: stress
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/s/^\t\tkvm_flush_remote_tlbs_memslot(kvm, new);/\t\t;/' "$1"
