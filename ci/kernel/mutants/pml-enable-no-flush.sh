# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-enable-no-flush
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on clears D bits, and flushes no TLB.
# lost: writes through what a CPU remembers as dirty
# mode: intel,pml
# unkillable: stress.*.toggle_echoes fails on it, but is skipped on the candidate in
#   Bochs, whose CPUs are too slow for an echo to be told from an interrupt
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_slot_apply_flags(/,/^}/s/^\t\tkvm_flush_remote_tlbs_memslot(kvm, new);/\t\tif (!kvm->arch.cpu_dirty_log_size)\n\t\t\tkvm_flush_remote_tlbs_memslot(kvm, new);/' "$1"
