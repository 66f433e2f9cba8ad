# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-other-space
# arch: x86
# class: 22 page modification log
# breaks: what the CPU logged goes to the first address space, in whichever
#   the vCPU runs.
# lost: pages that are written in system management mode
# mode: intel,pml
# first: basic.*.smm
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/kvm_vcpu_mark_page_dirty(vcpu, gpa >> PAGE_SHIFT);/mark_page_dirty(vcpu->kvm, gpa >> PAGE_SHIFT);/' "$1"
