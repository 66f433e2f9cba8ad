// SPDX-License-Identifier: GPL-2.0-only
/* Stores from vector registers. */
#include "kinds.h"

MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)
MODEL(fill, 32)
MODEL(fill, 64)

#define VECTOR_ASM(kind, text)						\
GUEST_ASM(kind, "dup v0.2d, %1; mov v1.16b, v0.16b; mov v2.16b, v0.16b;" \
	  "mov v3.16b, v0.16b;" text, "v0", "v1", "v2", "v3")

VECTOR_ASM(str_s, "str s0, [%0]")
VECTOR_ASM(str_d, "str d0, [%0]")
VECTOR_ASM(str_q, "str q0, [%0]")
VECTOR_ASM(stp_q, "stp q0, q1, [%0]")
VECTOR_ASM(stnp_q, "stnp q0, q1, [%0]")
VECTOR_ASM(st1_lane, "st1 {v0.d}[1], [%0]")
VECTOR_ASM(st1_one, "st1 {v0.16b}, [%0]")
VECTOR_ASM(st1_four, "st1 {v0.16b-v3.16b}, [%0]")
/* Interleaved by doublewords, which are all alike. */
VECTOR_ASM(st2, "st2 {v0.2d, v1.2d}, [%0]")
VECTOR_ASM(st4, "st4 {v0.2d-v3.2d}, [%0]")

static struct guest_kind kinds[] = {
	KIND(str_s, 4, .model = model_fill_4),
	KIND(str_d, 8, .model = model_fill_8),
	KIND(str_q, 16, .model = model_fill_16),
	KIND(stp_q, 32, .model = model_fill_32),
	KIND(stnp_q, 32, .model = model_fill_32),
	KIND(st1_lane, 8, .model = model_fill_8),
	KIND(st1_one, 16, .model = model_fill_16),
	KIND(st1_four, 64, .model = model_fill_64),
	KIND(st2, 32, .model = model_fill_32),
	KIND(st4, 64, .model = model_fill_64),
};

KIND_TABLE(arch_vector, kinds);
