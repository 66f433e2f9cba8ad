# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-off-with-first
# arch: x86
# class: 24 page modification log
# breaks: the count of logged memslots is a flag: CPUs no longer log when
#   the log of any memslot is switched off, although others have theirs on.
# lost: pages of the other memslots
# mode: intel,pml
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_commit_memory_region(/,/^}/s/atomic_read(\&kvm->nr_memslots_dirty_logging) + change);/change > 0);/' "$1"
