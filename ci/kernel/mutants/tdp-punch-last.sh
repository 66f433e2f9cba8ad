# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: tdp-punch-last
# arch: x86
# class: 45 holes
# breaks: the last page of a range that is unmapped stays mapped.
# lost: what the guest writes to it goes to a page that was freed
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*kvm_tdp_mmu_unmap_gfn_range(/,/^}/s/tdp_mmu_zap_leafs(kvm, root, range->start, range->end,/tdp_mmu_zap_leafs(kvm, root, range->start, range->end - 1,/' "$1"
