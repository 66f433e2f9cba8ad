# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-index-kept
# arch: x86
# class: 22 page modification log
# breaks: the index is not reset after the buffer was read, so that every
#   exit reads it again.
# lost: exactness: pages are reported again that were not written again;
#   and the VM hangs when the buffer is full
# mode: intel,pml
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/{/vmcs_write16(GUEST_PML_INDEX, PML_HEAD_INDEX);/d}' "$1"
