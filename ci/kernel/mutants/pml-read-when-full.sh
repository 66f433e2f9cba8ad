# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-read-when-full
# arch: x86
# class: 23 page modification log
# breaks: the buffer is read when it is full, at no other exit.
# lost: up to 511 pages of each vCPU, until the rest of the buffer is
#   written
# mode: intel,pml
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*__vmx_handle_exit(/,/^}/s/if (enable_pml \&\& !is_guest_mode(vcpu))/if (enable_pml \&\& exit_reason.basic == EXIT_REASON_PML_FULL)/' "$1"
