# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: enable-manual-unprotected-s2
# arch: arm64
# class: 9 initially set
# breaks: switching the log on write-protects nothing if userspace clears by
#   hand, although no page is set at the start.
# lost: all writes to pages that the guest has mapped before
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_arch_commit_memory_region(/,/^}/s/if (kvm_dirty_log_manual_protect_and_init_set(kvm))/if (kvm->manual_dirty_log_protect)/' "$1"
