# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: gmem-upgrade-unmarked
# arch: arm64
# class: 42 marking a fault
# breaks: a page of guest_memfd that becomes writable again after a harvest is
#   not marked.
# lost: the second and all later writes to every page of guest_memfd
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*gmem_abort(/,/^}/s/if ((prot & KVM_PGTABLE_PROT_W) && !ret)/if ((prot \& KVM_PGTABLE_PROT_W) \&\& !ret \&\& !perm_fault)/' "$1"
