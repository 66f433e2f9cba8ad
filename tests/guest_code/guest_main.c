// SPDX-License-Identifier: GPL-2.0-only
/* The guest's program. */
#include <ucall_common.h>

#include "guest_op.h"

void guest_main(struct mailbox *box)
{
	for (;;) {
		u64 i;

		for (i = 0; i < READ_ONCE(box->nr); i++) {
			struct guest_op *op = &box->ops[i];

			op->kind->guest(op->gva, op->val);
			WRITE_ONCE(box->done, i + 1);
		}
		GUEST_SYNC(0);
	}
}
