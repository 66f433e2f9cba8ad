# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-skips-last
# arch: x86
# class: 22 page modification log
# breaks: the entry that the CPU has logged last is not read from its
#   buffer.
# lost: one page of every exit
# mode: intel,pml
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*vmx_flush_pml_buffer(/,/^}/s/i >= pml_tail_index; i--) {/i > pml_tail_index; i--) {/' "$1"
