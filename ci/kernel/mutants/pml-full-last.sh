# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-full-last
# arch: x86
# class: 22 page modification log
# breaks: of a full buffer the last entry is not read: its index is taken
#   for one that was not written yet.
# lost: one page of 512, if that many are written without another exit
# mode: intel,pml
# first: basic.*.buffer_fills
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/(pml_idx >= PML_LOG_NR_ENTRIES) ? 0 :/(pml_idx >= PML_LOG_NR_ENTRIES) ? 1 :/' "$1"
