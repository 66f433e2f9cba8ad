# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-first-vcpu
# arch: x86
# class: 24 page modification log
# breaks: only the first vCPU is told to log when the log is switched on.
# lost: pages that only other vCPUs write
# mode: intel,pml
# first: basic.*.many_vcpus
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_update_cpu_dirty_logging(/,/^}/s/kvm_make_all_cpus_request(kvm, KVM_REQ_UPDATE_CPU_DIRTY_LOGGING);/kvm_make_vcpus_request_mask(kvm, KVM_REQ_UPDATE_CPU_DIRTY_LOGGING, \&(unsigned long){ 1 });/' "$1"
