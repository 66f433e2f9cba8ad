# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-enable-nothing
# arch: x86
# class: 8 log over mappings
# breaks: switching the log on write-protects nothing where KVM keeps reverse
#   maps.
# lost: all writes to pages that the guest has mapped before
# mode: tdp_mmu=N
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*slot_rmap_write_protect(/,/^}/s/return rmap_write_protect(rmap_head, false);/return false;/' "$1"
