# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: vp-assist-unmarked
# arch: x86
# class: 28 KVM writes
# breaks: KVM zeroes the start of the Hyper-V assist page and does not mark
#   it.
# lost: the page that a Windows guest uses to end interrupts
#
# target: arch/x86/kvm/hyperv.c
set -eu

sed -i '/^[a-z].*kvm_hv_set_msr(/,/^}/s/kvm_vcpu_mark_page_dirty(vcpu, gfn);/;/' "$1"
