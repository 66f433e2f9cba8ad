# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: split-first-entries
# arch: x86
# class: 43 huge pages
# breaks: the second half of a huge page that is split shows its first half.
# lost: content: the guest reads and writes other pages than the host
#
# target: arch/x86/kvm/mmu/spte.c
set -eu

sed -i '/^[a-z].*make_small_spte(/,/^}/s/(index \* KVM_PAGES_PER_HPAGE(role.level))/((index \& 255) * KVM_PAGES_PER_HPAGE(role.level))/' "$1"
