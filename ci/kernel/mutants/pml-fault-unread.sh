# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-fault-unread
# arch: x86
# class: 23 page modification log
# breaks: an exit for a page that is not mapped does not read the buffer;
#   the next other exit does.
# lost: the order of writes in a ring: the page that faulted comes before
#   those that were written earlier
# mode: intel,pml
# first: basic.*.ring_order
#
# target: arch/x86/kvm/vmx/vmx.c
set -eu

sed -i '/^[a-z].*__vmx_handle_exit(/,/^}/s/if (enable_pml \&\& !is_guest_mode(vcpu))/if (enable_pml \&\& !is_guest_mode(vcpu) \&\& exit_reason.basic != EXIT_REASON_EPT_VIOLATION)/' "$1"
