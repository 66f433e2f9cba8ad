# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-first-memslot
# arch: all
# class: 45 holes
# breaks: a hole that lies in several memslots is taken from the first only.
# lost: writes of the guest to pages of the others: they are reported, but go
#   to memory that the file no longer has
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*__kvm_gmem_invalidate_start(/,/^}/s/flush |= kvm_mmu_unmap_gfn_range(kvm, &gfn_range);/&\n\t\tbreak;/' "$1"
