// SPDX-License-Identifier: GPL-2.0-only
/* contract.c: what may be reported besides writes, on each MMU, strictly and not. */
#include <string.h>

#include "fake_mmu.h"
#include "options.h"
#include "unit.h"

#define TDP MMU_TDP
#define NOAD MMU_TDP_NOAD
#define SHADOW MMU_SHADOW
#define STAGE2 MMU_STAGE2

/* docs/contract.md once more: @may where, and @strict where --strict leaves it. */
static const struct row {
	const char *name;
	unsigned int may, strict;
} rows[NR_EVENTS] = {
	[EVENT_FIRST_READ] = { "first read", TDP | NOAD | SHADOW, 0 },
	[EVENT_FAILED_WRITE] = { "failed write", TDP | NOAD | SHADOW | STAGE2,
				 TDP | NOAD | SHADOW | STAGE2 },
	[EVENT_PREFAULT] = { "prefault", TDP, 0 },
	[EVENT_PT_WALK] = { "walk", TDP, TDP },
	[EVENT_PT_FIRST_WALK] = { "first walk", TDP | NOAD, TDP },
	[EVENT_PT_CHANGE] = { "changed entry", SHADOW, 0 },
	[EVENT_KVM_UPDATE] = { "kvmclock", TDP | NOAD | SHADOW, 0 },
	[EVENT_KVM_WRITE_FAILED] = { "steal time", TDP | NOAD | SHADOW, 0 },
};

static void test_row(enum event event)
{
	const struct row *r = &rows[event];

	for (fake_mmu = 1; fake_mmu <= MMU_STAGE2; fake_mmu *= 2) {
		options.strict = false;
		ok(contract_allows(event) == !!(r->may & fake_mmu), "%s, %s", r->name,
		   mmu_name(fake_mmu));
		options.strict = true;
		ok(contract_allows(event) == !!(r->strict & fake_mmu), "%s, %s, strict",
		   r->name, mmu_name(fake_mmu));
	}
}

int main(void)
{
	enum event event;

	for (event = 0; event < NR_EVENTS; event++)
		test_row(event);
	options.strict = false;
	fake_mmu = MMU_TDP;
	ok(!contract_allows(NR_EVENTS), "what is in no row is not allowed");
	ok(!strcmp(mmu_name(MMU_TDP), "tdp") && !strcmp(mmu_name(MMU_TDP_NOAD), "tdp_noad") &&
	   !strcmp(mmu_name(MMU_SHADOW), "shadow") && !strcmp(mmu_name(MMU_STAGE2), "stage2") &&
	   !strcmp(mmu_name(3), "unknown"), "names");
	return unit_end();
}
