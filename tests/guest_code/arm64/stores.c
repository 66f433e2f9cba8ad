// SPDX-License-Identifier: GPL-2.0-only
/* Stores from general registers beyond plain ones. */
#include "kinds.h"

MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)

GUEST_ASM(stp_w, "ror x8, %1, #32; stp %w1, w8, [%0]", "x8")
GUEST_ASM(stp_x, "stp %1, %1, [%0]")
GUEST_ASM(stnp_x, "stnp %1, %1, [%0]")
GUEST_ASM(str_pre, "sub %0, %0, #16; str %1, [%0, #16]!")
GUEST_ASM(stp_post, "stp %1, %1, [%0], #16")
GUEST_ASM(stur_w, "sub %0, %0, #3; stur %w1, [%0, #3]")
GUEST_ASM(stlr_x, "stlr %1, [%0]")

static struct guest_kind kinds[] = {
	KIND(stp_w, 8, .model = model_fill_8),
	KIND(stp_x, 16, .model = model_fill_16),
	KIND(stnp_x, 16, .model = model_fill_16),
	KIND(str_pre, 8, .model = model_fill_8),
	KIND(stp_post, 16, .model = model_fill_16),
	KIND(stur_w, 4, .model = model_fill_4),
	KIND(stlr_x, 8, .align = 8, .model = model_fill_8),
};

KIND_TABLE(arch_stores, kinds);
