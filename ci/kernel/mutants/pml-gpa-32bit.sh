# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-gpa-32bit
# arch: x86
# class: 22 page modification log
# breaks: addresses in the buffer are cut to 32 bits.
# lost: all pages above 4 GiB, and others are reported for them
# mode: intel,pml
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/u64 gpa;/u32 gpa;/' "$1"
