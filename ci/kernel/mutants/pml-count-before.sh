# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-count-before
# arch: x86
# class: 24 page modification log
# breaks: the count of logged memslots is taken for the one before the log
#   was switched on, so that vCPUs that exist are not told.
# lost: all pages that such vCPUs write, after the first harvest
# mode: intel,pml
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_mmu_update_cpu_dirty_logging(/,/^}/s/enable \&\& nr_slots == 1/enable \&\& nr_slots == 0/' "$1"
