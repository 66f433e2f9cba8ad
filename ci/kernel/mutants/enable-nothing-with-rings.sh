# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-nothing-with-rings
# arch: arm64
# class: 8 log over mappings
# breaks: switching the log on write-protects nothing in a memslot without a
#   bitmap.
# lost: with dirty rings all writes to pages that the guest has mapped before
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_commit_memory_region(/,/^}/s/if (kvm_dirty_log_manual_protect_and_init_set(kvm))/if (kvm_dirty_log_manual_protect_and_init_set(kvm) || !new->dirty_bitmap)/' "$1"
