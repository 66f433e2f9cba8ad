# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-ring-reserve
# arch: x86
# class: 35 full ring
# breaks: a ring keeps no room for what a CPU has in its buffer when the
#   ring is full.
# lost: up to 512 pages of each vCPU: entries that were not collected are
#   overwritten
# mode: intel,pml
# first: basic.*.ring_small.ring_order basic.*.ring_small.buffer_fills
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^int kvm_cpu_dirty_log_size(/,/^}/s/return kvm->arch.cpu_dirty_log_size;/return 0;/' "$1"
