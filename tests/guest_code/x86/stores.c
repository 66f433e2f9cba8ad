// SPDX-License-Identifier: GPL-2.0-only
/* Stores from general registers beyond plain ones, and the x87 unit's. */
#include "kinds.h"

MODEL(fill, 4)
MODEL(fill, 8)

GUEST_ASM(movnti_u32, "movnti %k1, (%0); sfence")
GUEST_ASM(movnti_u64, "movnti %q1, (%0); sfence")
/* The stack pointer is elsewhere for three instructions; nothing interrupts. */
GUEST_ASM(push, "add $8, %0; xchg %0, %%rsp; push %q1; xchg %0, %%rsp")
/*
 * An integer of 64 bits passes through the unit unchanged.  It goes by the
 * stack, past the 128 bytes below it that the compiler may use.
 */
GUEST_ASM(fistp, "sub $128, %%rsp; push %q1; fildll (%%rsp); fistpll (%0);"
	  "pop %q1; add $128, %%rsp")

static struct guest_kind kinds[] = {
	KIND(movnti_u32, 4, .model = model_fill_4),
	KIND(movnti_u64, 8, .model = model_fill_8),
	KIND(push, 8, .model = model_fill_8),
	KIND(fistp, 8, .model = model_fill_8),
};

KIND_TABLE(arch_stores, kinds);
