# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: stolen-time-unmarked
# arch: arm64
# class: 28 KVM writes
# breaks: an update of the guest's stolen time is not marked.
# lost: the page with the stolen time
#
# target: arch/arm64/kvm/pvtime.c
set -eu

sed -i '/^[a-z].*kvm_update_stolen_time(/,/^}/s/kvm_put_guest(kvm, base + offset, cpu_to_le64(steal));/put_user(cpu_to_le64(steal), (u64 __user *)(gfn_to_hva(kvm, base >> PAGE_SHIFT) +\n\t\t\t\t\toffset_in_page(base + offset)));/' "$1"
