# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: fault-maps-huge-s2
# arch: arm64
# class: 43 huge pages
# breaks: a fault maps a huge page although the memslot is logged.
# lost: all but the one page in 512 that the fault was for
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*kvm_s2_resolve_vma_size(/,/^}/s/if (memslot_is_logging(s2fd->memslot)) {/if (!s2fd->memslot) {/' "$1"
