// SPDX-License-Identifier: GPL-2.0-only
/* The guest's own page tables. */
#include "guest_op.h"

/* Forgets paging-structure caches as well, whatever the address. */
static void guest_flush_gva(u64 gva, u64 val)
{
	asm volatile("invlpg (%0)" :: "r"(gva) : "memory");
}

const struct guest_kind flush_gva = {
	.name = "flush_gva",
	.guest = guest_flush_gva,
};
