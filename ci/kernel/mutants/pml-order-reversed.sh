# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-order-reversed
# arch: x86
# class: 22 page modification log
# breaks: the buffer is read from its end, what was logged last first.
# lost: the order of a vCPU's writes in its ring
# mode: intel,pml
# first: basic.*.ring_order
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/for (i = PML_HEAD_INDEX; i >= pml_tail_index; i--) {/for (i = pml_tail_index; i <= PML_HEAD_INDEX; i++) {/' "$1"
