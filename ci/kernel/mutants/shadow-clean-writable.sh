# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-clean-writable
# arch: x86
# class: 21 guest page tables
# breaks: a page is mapped writable although the guest's own entry for it is
#   not dirty yet.
# lost: the guest's dirty flag, and exactness: the page is reported for being
#   read
# mode: npt=0
#
# target: arch/x86/kvm/mmu/paging_tmpl.h
set -eu

sed -i '/^[a-z].*FNAME(protect_clean_gpte)(/,/^}/s/\*access &= mask;/*access \&= mask | ~0u;/' "$1"
