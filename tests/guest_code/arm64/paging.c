// SPDX-License-Identifier: GPL-2.0-only
/* The guest's own page tables. */
#include "guest_op.h"

static void guest_flush_gva(u64 gva, u64 val)
{
	/* A TLBI's operand is a page number of 4K, whatever the granule. */
	u64 page = (gva >> 12) & 0xfffffffffffull;

	asm volatile("dsb ish\n\t"
		     "tlbi vaae1is, %0\n\t"
		     "dsb ish\n\t"
		     "isb" :: "r"(page) : "memory");
}

const struct guest_kind flush_gva = {
	.name = "flush_gva",
	.guest = guest_flush_gva,
};
