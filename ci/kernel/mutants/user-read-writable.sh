# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: user-read-writable
# arch: arm64
# class: 38 reads
# breaks: a read maps a logged page writable and reports it.
# lost: exactness: whatever the guest only reads is copied
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_s2_fault_compute_prot(/,/^}/s/kvm_is_write_fault(s2fd->vcpu)))/!kvm_vcpu_trap_is_exec_fault(s2fd->vcpu)))/' "$1"
