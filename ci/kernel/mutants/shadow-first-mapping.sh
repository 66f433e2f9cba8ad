# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: shadow-first-mapping
# arch: x86
# class: 17 several mappings
# breaks: of a page that is mapped several times only one mapping is write-
#   protected.
# lost: writes of the guest through its other mappings of the page
# mode: npt=0
#
# target: arch/x86/kvm/mmu/mmu.c
set -eu

sed -i '/^[a-z].*rmap_write_protect(/,/^}/s/flush |= spte_write_protect(sptep, pt_protect);/if (is_writable_pte(*sptep)) {\n\t\t\tspte_write_protect(sptep, pt_protect);\n\t\t\treturn true;\n\t\t}/' "$1"
