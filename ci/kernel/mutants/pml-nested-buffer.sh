# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-nested-buffer
# arch: x86
# class: nested guests
# breaks: what nested guests have mapped is left to a buffer that is off while they run.
# lost: writes of nested guests
# mode: intel,pml
# first: basic.*.nested
#
# target: arch/x86/kvm/mmu/mmu_internal.h
set -eu

sed -i '/^[a-z].*kvm_mmu_page_ad_need_write_protect(/,/^}/s/return kvm->arch.cpu_dirty_log_size \&\& sp->role.guest_mode;/return false;/' "$1"
