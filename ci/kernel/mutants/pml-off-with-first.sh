# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-off-with-first
# arch: x86
# class: 24 page modification log
# breaks: logging by the CPU is switched off when the log of any memslot is,
#   although others have theirs on.
# lost: pages of the other memslots
# unkillable: needs PML: Intel hardware
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_update_cpu_dirty_logging(/,/^}/s/if ((enable && nr_slots == 1) || !nr_slots)/if (nr_slots <= 1)/' "$1"
