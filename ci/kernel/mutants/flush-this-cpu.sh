# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: flush-this-cpu
# arch: arm64
# class: 13 flush after harvest
# breaks: flushing the TLBs for a memslot reaches those of the CPU that does it, and
#   not the others'.
# lost: writes that a vCPU on another CPU makes through an old TLB entry after a
#   harvest
# first: stress.*.bitmap.echoes stress.*.bitmap.page_echoes
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_flush_remote_tlbs_range(/,/^}/s/kvm_tlb_flush_vmid_range(&kvm->arch.mmu, addr, size);/kvm_call_hyp(__kvm_flush_cpu_context, \&kvm->arch.mmu);/' "$1"
