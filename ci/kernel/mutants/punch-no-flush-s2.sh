# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-no-flush-s2
# arch: arm64
# class: 47 holes
# breaks: pages that are taken from stage 2 stay in the TLBs.
# lost: what a running vCPU writes to a hole through an old TLB entry goes to a
#   page that was freed
# first: stress
#
# target: arch/arm64/kvm/hyp/pgtable.c
set -eu

sed -i '/^[a-z].*stage2_unmap_put_pte(/,/^}/s/} else if (!stage2_unmap_defer_tlb_flush(pgt)) {/} else if (0) {/
	/^int kvm_pgtable_stage2_unmap(/,/^}/s/if (stage2_unmap_defer_tlb_flush(pgt))/if (0)/' "$1"
