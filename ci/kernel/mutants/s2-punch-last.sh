# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: s2-punch-last
# arch: arm64
# class: 45 holes
# breaks: the last page of a range that is unmapped stays mapped.
# lost: what the guest writes to it goes to a page that was freed
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_unmap_gfn_range(/,/^}/s/(range->end - range->start) << PAGE_SHIFT,/(range->end - range->start - 1) << PAGE_SHIFT,/' "$1"
