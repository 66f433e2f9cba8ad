# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: prefault-overwrites
# arch: x86
# class: 31 prefault
# breaks: prefaulting a page that is mapped and write-protected makes it
#   writable again.
# lost: exactness: clean pages are reported again
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*tdp_mmu_map_handle_target_level(/,/^}/s/(fault->prefetch || !spte_permission_fault(mmu, iter->old_spte, fault)) &&/!fault->prefetch \&\& !spte_permission_fault(mmu, iter->old_spte, fault) \&\&/' "$1"
