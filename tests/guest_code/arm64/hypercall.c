// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls. */
#include <processor.h>

#include "guest_msr.h"

static void guest_hypercall(u64 function, u64 val)
{
	struct arm_smccc_res res;

	smccc_hvc(function, 0, 0, 0, 0, 0, 0, 0, &res);
	GUEST_ASSERT_EQ(res.a0, val);
}

const struct guest_kind hypercall = {
	.name = "hypercall",
	.guest = guest_hypercall,
};
