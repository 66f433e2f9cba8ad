// SPDX-License-Identifier: GPL-2.0-only
/* Blocks of memory: zeroing by the cache's block, and copies by loops. */
#include "kinds.h"

MODEL(copy, 300)
MODEL(copy, 512)
MODEL(copy, 4160)
MODEL(copy, 9008)

GUEST_ASM(dc_zva, "dc zva, %0")

#define COPY_ASM(kind, step, count)					\
GUEST_ASM(kind, "add x9, %0, %1; mov x8, #" #count ";"			\
	  "1: " step "; subs x8, x8, #1; b.ne 1b",			\
	  "x8", "x9", "x10", "x11", "v0", "v1")

COPY_ASM(copy_bytes, "ldrb w10, [x9], #1; strb w10, [%0], #1", 300)
COPY_ASM(copy_x, "ldr x10, [x9], #8; str x10, [%0], #8", 64)
COPY_ASM(copy_pairs, "ldp x10, x11, [x9], #16; stp x10, x11, [%0], #16", 563)
COPY_ASM(copy_pairs_q, "ldp q0, q1, [x9], #32; stp q0, q1, [%0], #32", 130)

/* The block's size is the CPU's choice: DCZID_EL0.BS, in words, as log2. */
static u32 zva_bytes;

static void model_dc_zva(u8 *mem, u64 val)
{
	model_zero(mem, val, zva_bytes);
}

static const char *no_zva(struct guest_kind *kind)
{
	u64 dczid;

	asm("mrs %0, dczid_el0" : "=r" (dczid));
	if (dczid & 16)
		return "DC ZVA prohibited";
	zva_bytes = 4 << (dczid & 15);
	kind->bytes = zva_bytes;
	kind->align = zva_bytes;
	return NULL;
}

static struct guest_kind kinds[] = {
	KIND(dc_zva, 0, .model = model_dc_zva, .missing = no_zva),
	KIND(copy_bytes, 300, .model = model_copy_300, .copies = true),
	KIND(copy_x, 512, .model = model_copy_512, .copies = true),
	KIND(copy_pairs, 9008, .model = model_copy_9008, .copies = true),
	KIND(copy_pairs_q, 4160, .model = model_copy_4160, .copies = true),
};

KIND_TABLE(arch_string, kinds);
