// SPDX-License-Identifier: GPL-2.0-only
/*
 * What touches memory without writing it.  Cache maintenance by address may
 * fault, but needs no write permission: DC IVAC, which does, is not here.
 */
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "kinds.h"

static const char *no_dcpop(struct guest_kind *kind)
{
	return getauxval(AT_HWCAP) & HWCAP_DCPOP ? NULL : "no FEAT_DPB";
}

GUEST_ASM(ldp_x, "ldp x8, x9, [%0]", "x8", "x9")
GUEST_ASM(ldnp_x, "ldnp x8, x9, [%0]", "x8", "x9")
GUEST_ASM(ldr_pre, "sub %0, %0, #16; ldr x8, [%0, #16]!", "x8")
GUEST_ASM(ldar_x, "ldar x8, [%0]", "x8")
GUEST_ASM(ldxr_x, "ldxr x8, [%0]; clrex", "x8")
GUEST_ASM(ldxp_x, "ldxp x8, x9, [%0]; clrex", "x8", "x9")
GUEST_ASM(ldr_q, "ldr q0, [%0]", "v0")
GUEST_ASM(ldp_q, "ldp q0, q1, [%0]", "v0", "v1")
GUEST_ASM(ld1_four, "ld1 {v0.16b-v3.16b}, [%0]", "v0", "v1", "v2", "v3")
GUEST_ASM(ld4, "ld4 {v0.2d-v3.2d}, [%0]", "v0", "v1", "v2", "v3")
GUEST_ASM(prfm_load, "prfm pldl1keep, [%0]")
GUEST_ASM(prfm_store, "prfm pstl1keep, [%0]")
GUEST_ASM(dc_cvac, "dc cvac, %0; dsb sy")
GUEST_ASM(dc_cvau, "dc cvau, %0; dsb sy")
GUEST_ASM(dc_civac, "dc civac, %0; dsb sy")
/* DC CVAP by its encoding, for assemblers that know only the base ISA. */
GUEST_ASM(dc_cvap, "sys #3, c7, c12, #1, %0; dsb sy")
GUEST_ASM(ic_ivau, "ic ivau, %0; dsb sy; isb")
GUEST_ASM(at_s1e1w, "at s1e1w, %0; isb")
GUEST_ASM(execute, "blr %0", "x30")

/* The instruction that returns, made visible to instruction fetch. */
#define RET 0xd65f03c0

GUEST_ASM(store_ret, "mov w8, #0x03c0; movk w8, #0xd65f, lsl #16;"
	  "str w8, [%0]; dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb",
	  "x8")

static void model_store_ret(u8 *mem, u64 val)
{
	u32 ret = RET;

	memcpy(mem, &ret, sizeof(ret));
}

static const struct guest_kind store_ret = KIND(store_ret, 4,
						.model = model_store_ret);

static struct guest_kind kinds[] = {
	KIND(ldp_x, 16),
	KIND(ldnp_x, 16),
	KIND(ldr_pre, 8),
	KIND(ldar_x, 8, .align = 8),
	KIND(ldxr_x, 8, .align = 8),
	KIND(ldxp_x, 16, .align = 16),
	KIND(ldr_q, 16),
	KIND(ldp_q, 32),
	KIND(ld1_four, 64),
	KIND(ld4, 64),
	KIND(prfm_load, 1),
	KIND(prfm_store, 1),
	KIND(dc_cvac, 1),
	KIND(dc_cvau, 1),
	KIND(dc_civac, 1),
	KIND(dc_cvap, 1, .missing = no_dcpop),
	KIND(ic_ivau, 1),
	KIND(at_s1e1w, 1),
};

KIND_TABLE(arch_no_dirty, kinds);

const struct guest_kind execute = KIND(execute, 4, .align = 4,
				       .prepare = &store_ret);
