# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: nested-flush-missing
# arch: arm64
# class: 44 nested virtualization
# breaks: the TLB entries of nested guests are left alone when their shadow
#   stage 2 is write-protected.
# lost: writes of a nested guest through an old TLB entry
# unkillable: needs nested virtualization (FEAT_NV2), which QEMU 7.2 does not
#   emulate
#
# target: arch/arm64/kvm/nested.c
set -eu

sed -i '/^[a-z].*kvm_nested_s2_wp(/,/^}/s/if (kvm_s2_mmu_valid(mmu))/if (kvm_s2_mmu_valid(mmu) \&\& i)/' "$1"
