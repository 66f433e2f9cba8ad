// SPDX-License-Identifier: GPL-2.0-only
/* The contract: what KVM may report besides writes. */
#include "contract.h"
#include "options.h"

/*
 * @why: the source of the allowance.  What is not in the table is not allowed.
 */
static const struct allowance {
	enum event event;
	unsigned int mmus;
	const char *why;
} allowances[] = {
	/*
	 * A read fault maps the page writable, and KVM marks what it maps
	 * writable: make_spte() in arch/x86/kvm/mmu/spte.c.  The in-tree
	 * nested_dirty_log_test.c calls it KVM's ABI.  arm64 has no such row:
	 * user_mem_abort() maps a page that is logged writable for writes only.
	 */
	{ EVENT_FIRST_READ, MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW,
	  "x86: a read fault maps the page writable and marks it" },
};

const char *mmu_name(enum mmu mmu)
{
	switch (mmu) {
	case MMU_TDP:
		return "tdp";
	case MMU_TDP_NOAD:
		return "tdp_noad";
	case MMU_SHADOW:
		return "shadow";
	case MMU_STAGE2:
		return "stage2";
	}
	return "unknown";
}

bool contract_allows(enum event event)
{
	enum mmu mmu = mmu_mode();
	unsigned int i;

	if (options.strict)
		return false;
	for (i = 0; i < ARRAY_SIZE(allowances); i++)
		if (allowances[i].event == event && (allowances[i].mmus & mmu))
			return true;
	return false;
}
