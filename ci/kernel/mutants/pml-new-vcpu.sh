# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-new-vcpu
# arch: x86
# class: 24 page modification log
# breaks: a vCPU that is created while the log is on does not log.
# lost: all pages that only this vCPU writes, after the first harvest
# mode: intel,pml
# first: basic.*.late_vcpu
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_secondary_exec_control(/,/^}/s/if (!enable_pml || !atomic_read(\&vcpu->kvm->nr_memslots_dirty_logging))/if (!enable_pml || vcpu)/' "$1"
