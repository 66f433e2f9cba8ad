# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: its-tables-unmarked
# arch: arm64
# class: 36 ring and bitmap
# breaks: the tables of the interrupt translation service, which KVM writes
#   when userspace saves them, are not marked.
# lost: interrupts of the guest after a migration
#
# target: arch/arm64/kvm/vgic/vgic.h
set -eu

sed -i '/^[a-z].*vgic_write_guest_lock(/,/^}/s/ret = kvm_write_guest_lock(kvm, gpa, data, len);/{\n\t\tunsigned long hva = gfn_to_hva(kvm, gpa >> PAGE_SHIFT);\n\n\t\tret = copy_to_user((void __user *)(hva + offset_in_page(gpa)), data, len) ?\n\t\t      -EFAULT : 0;\n\t}/' "$1"
