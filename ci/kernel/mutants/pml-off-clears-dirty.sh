# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-off-clears-dirty
# arch: x86
# class: 4 which pages are protected
# breaks: a harvest clears D bits if the CPU has them, without write
#   protection where no buffer logs them.
# lost: all writes after the first harvest
# mode: intel,pml=0
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_mmu_enable_log_dirty_pt_masked(/,/^}/s/if (kvm->arch.cpu_dirty_log_size)/if (kvm_ad_enabled)/' "$1"
