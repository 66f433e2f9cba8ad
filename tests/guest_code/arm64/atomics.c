// SPDX-License-Identifier: GPL-2.0-only
/* Atomic instructions (FEAT_LSE) and exclusive pairs. */
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "kinds.h"

static const char *no_lse(struct guest_kind *kind)
{
	return getauxval(AT_HWCAP) & HWCAP_ATOMICS ? NULL : "no FEAT_LSE";
}

MODEL(fill, 1)
MODEL(fill, 2)
MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)
MODEL(add, 4)
MODEL(add, 8)

#define LSE ".arch_extension lse;"

GUEST_ASM(ldadd_w, LSE "ldadd %w1, w8, [%0]", "x8")
GUEST_ASM(ldaddal_x, LSE "ldaddal %1, x8, [%0]", "x8")
GUEST_ASM(stadd_x, LSE "stadd %1, [%0]")
GUEST_ASM(swpb, LSE "swpb %w1, w8, [%0]", "x8")
GUEST_ASM(swph, LSE "swph %w1, w8, [%0]", "x8")
GUEST_ASM(swpal_x, LSE "swpal %1, x8, [%0]", "x8")
GUEST_ASM(cas_w, LSE "ldr w8, [%0]; cas w8, %w1, [%0]", "x8")
GUEST_ASM(cas_x, LSE "ldr x8, [%0]; cas x8, %1, [%0]", "x8")
GUEST_ASM(casal_x_fail, LSE "ldr x8, [%0]; mvn x8, x8; casal x8, %1, [%0]",
	  "x8")

#define PAIR_OPERANDS "ldp x8, x9, [%0]; mov x10, %1; mov x11, %1;"

GUEST_ASM(casp_x, LSE PAIR_OPERANDS "casp x8, x9, x10, x11, [%0]",
	  "x8", "x9", "x10", "x11")
GUEST_ASM(casp_x_fail,
	  LSE PAIR_OPERANDS "mvn x9, x9; casp x8, x9, x10, x11, [%0]",
	  "x8", "x9", "x10", "x11")

GUEST_ASM(stxrb, "1: ldxrb w8, [%0]; stxrb w9, %w1, [%0]; cbnz w9, 1b",
	  "x8", "x9")
GUEST_ASM(stxr_w, "1: ldxr w8, [%0]; stxr w9, %w1, [%0]; cbnz w9, 1b",
	  "x8", "x9")
GUEST_ASM(stxr_x, "1: ldxr x8, [%0]; stxr w9, %1, [%0]; cbnz w9, 1b",
	  "x8", "x9")
GUEST_ASM(stlxr_x,
	  "1: ldaxr x8, [%0]; add x8, x8, %1; stlxr w9, x8, [%0]; cbnz w9, 1b",
	  "x8", "x9")
GUEST_ASM(stxp_x,
	  "1: ldxp x8, x9, [%0]; stxp w10, %1, %1, [%0]; cbnz w10, 1b",
	  "x8", "x9", "x10")
/* Without the monitor a store-exclusive does not store. */
GUEST_ASM(stxr_x_fail, "ldxr x8, [%0]; clrex; stxr w9, %1, [%0]", "x8", "x9")

#define LSE_KIND(kind, nr_bytes, ...)					\
	KIND(kind, nr_bytes, .align = nr_bytes, .missing = no_lse, __VA_ARGS__)

static struct guest_kind kinds[] = {
	LSE_KIND(ldadd_w, 4, .model = model_add_4),
	LSE_KIND(ldaddal_x, 8, .model = model_add_8),
	LSE_KIND(stadd_x, 8, .model = model_add_8),
	LSE_KIND(swpb, 1, .model = model_fill_1),
	LSE_KIND(swph, 2, .model = model_fill_2),
	LSE_KIND(swpal_x, 8, .model = model_fill_8),
	LSE_KIND(cas_w, 4, .model = model_fill_4),
	LSE_KIND(cas_x, 8, .model = model_fill_8),
	LSE_KIND(casal_x_fail, 8, .failed_write = true),
	LSE_KIND(casp_x, 16, .model = model_fill_16),
	LSE_KIND(casp_x_fail, 16, .failed_write = true),
	KIND(stxrb, 1, .model = model_fill_1),
	KIND(stxr_w, 4, .align = 4, .model = model_fill_4),
	KIND(stxr_x, 8, .align = 8, .model = model_fill_8),
	KIND(stlxr_x, 8, .align = 8, .model = model_add_8),
	KIND(stxp_x, 16, .align = 16, .model = model_fill_16),
	KIND(stxr_x_fail, 8, .align = 8, .failed_write = true),
};

KIND_TABLE(arch_atomics, kinds);
