// SPDX-License-Identifier: GPL-2.0-only
/* The guest's program. */
#include <ucall_common.h>

#include "guest_op.h"

void guest_do_here(const struct guest_op *op)
{
	op->kind->guest(op->gva, op->val);
}

void (*guest_do)(const struct guest_op *op) = guest_do_here;

void guest_main(struct mailbox *box)
{
	for (;;) {
		u64 i;

		for (i = 0; i < READ_ONCE(box->nr); i++) {
			guest_do(&box->ops[i]);
			WRITE_ONCE(box->done, i + 1);
		}
		GUEST_SYNC(0);
	}
}
