# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-interrupt-unread
# arch: x86
# class: 23 page modification log
# breaks: an exit for an interrupt does not read the buffer; only the next
#   other exit does.
# lost: pages of a vCPU that was kicked, until it leaves the guest by itself
# mode: intel,pml
# first: stress.*.kicks stress.*.signals
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*__vmx_handle_exit(/,/^}/s/if (enable_pml \&\& !is_guest_mode(vcpu))/if (enable_pml \&\& !is_guest_mode(vcpu) \&\& exit_reason.basic != EXIT_REASON_EXTERNAL_INTERRUPT)/' "$1"
