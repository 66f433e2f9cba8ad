// SPDX-License-Identifier: GPL-2.0-only
/* Known failures: what released kernels get wrong. */
#include <fnmatch.h>

#include "known.h"

static const struct known knowns[] = {
	/*
	 * memslot_is_logging() in arch/arm64/kvm/mmu.c asks for a dirty bitmap,
	 * which a memslot logged by rings alone does not have: reads map pages
	 * writable and mark them.
	 */
	{ "arm64-ring-without-bitmap", "basic.gmem_alias.ring*.first_read",
	  MMU_STAGE2, "spurious *:load_u64 * lost=0 *" },
};

const struct known *known_failure(const char *test, const char *failure)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++) {
		const struct known *k = &knowns[i];

		if ((k->mmus & mmu_mode()) && !fnmatch(k->tests, test, 0) &&
		    (!failure || !fnmatch(k->failure, failure, 0)))
			return k;
	}
	return NULL;
}
