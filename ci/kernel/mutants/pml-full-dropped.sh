# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-full-dropped
# arch: x86
# class: 22 page modification log
# breaks: a full buffer is emptied without being read.
# lost: 512 pages at once, if that many are written without another exit
# mode: intel,pml
# first: basic.*.buffer_fills
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/(pml_idx >= PML_LOG_NR_ENTRIES) ? 0 :/(pml_idx >= PML_LOG_NR_ENTRIES) ? PML_LOG_NR_ENTRIES :/' "$1"
