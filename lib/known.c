// SPDX-License-Identifier: GPL-2.0-only
/* Known failures: what released kernels get wrong. */
#include <fnmatch.h>

#include "known.h"

#define RING_ONLY "ring?(_small|_pieces)"

static const struct known knowns[] = {
	/*
	 * memslot_is_logging() in arch/arm64/kvm/mmu.c asks for a dirty bitmap,
	 * which a memslot logged by rings alone does not have: reads map pages
	 * writable and mark them ...
	 */
	{ "arm64-ring-without-bitmap",
	  "basic.@(gmem_alias|anon_thp|shmem|hugetlb)." RING_ONLY ".first_read",
	  MMU_STAGE2, "spurious *:load_u64 * lost=0 *" },
	/* ... and a fault maps a whole block, marking its first page alone. */
	{ "arm64-ring-without-bitmap",
	  "basic.@(anon_thp|hugetlb)." RING_ONLY ".@(every|third)_page",
	  MMU_STAGE2, "lost *" },
	/* Instruction fetches too; guest_memfd memslots fault elsewhere. */
	{ "arm64-ring-without-bitmap",
	  "basic.!(gmem|gmem_mapped)." RING_ONLY ".*execute",
	  MMU_STAGE2, "spurious *:execute * lost=0 *" },
	/*
	 * kvm_vcpu_write_guest() in virt/kvm/kvm_main.c writes to userspace_addr
	 * plus the offset even where the memory is guest_memfd's and
	 * userspace_addr is NULL, and marks the page that it did not write.
	 */
	{ "x86-emulator-writes-at-null", "basic.gmem.*.emulated_stray",
	  MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW, "stray write *" },
};

const struct known *known_failure(const char *test, const char *failure)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++) {
		const struct known *k = &knowns[i];

		if ((k->mmus & mmu_mode()) && !fnmatch(k->tests, test, FNM_EXTMATCH) &&
		    (!failure || !fnmatch(k->failure, failure, 0)))
			return k;
	}
	return NULL;
}
