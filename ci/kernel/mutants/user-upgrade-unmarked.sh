# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: user-upgrade-unmarked
# arch: arm64
# class: 42 marking a fault
# breaks: a page that becomes writable again after a harvest is not marked.
# lost: the second and all later writes to every page of ordinary memory
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_s2_fault_map(/,/^}/s/if (writable && !ret) {/if (writable \&\& !ret \&\& !kvm_s2_fault_is_perm(s2fd)) {/' "$1"
