// SPDX-License-Identifier: GPL-2.0-only
/* What a kernel does when asked to log a guest_memfd memslot. */
#include "basic.h"

static int try_log(struct ctx *c)
{
	return backing_attach(&c->b, c->t.vm, TEST_SLOT,
			      KVM_MEM_LOG_DIRTY_PAGES, WINDOW_GPA, 0,
			      c->b.size);
}

/* Nothing may change by trying: no memslot, no log, no binding of the file. */
static void check_untouched(struct ctx *c)
{
	u64 bitmap[2] = {};
	struct kvm_dirty_log log = { .slot = TEST_SLOT, .dirty_bitmap = bitmap };
	struct testslot *slot;
	struct guest_op op;

	errno = 0;
	if (!__vm_ioctl(c->t.vm, KVM_GET_DIRTY_LOG, &log) || errno != ENOENT)
		report_fail("KVM_GET_DIRTY_LOG after the refusal errno=%d expected=ENOENT",
			    errno);
	slot = testvm_add_slot(&c->t, &c->b, TEST_SLOT, 0,
			       testvm_window_gfn(&c->t), 0, 65);
	op = testslot_op(slot, &store_u64, 64, 8, 0x1234);
	testvm_run(&c->t, 0, &op, 1);
	check_content(&c->t, true);
	check_backing(slot);
}

/* Refuse cleanly, or accept. */
void basic_refusal(struct ctx *c)
{
	int r;

	backing_create(&c->b, c->t.subject, c->t.vm, 65 * c->t.page_size);
	r = try_log(c);

	switch (r) {
	case 0:
		report_note("lifted: this kernel logs guest_memfd memslots");
		memslot_delete(c->t.vm, TEST_SLOT);
		break;
	case -EINVAL:
		check_untouched(c);
		break;
	default:
		report_fail("logging refused errno=%d expected=EINVAL", -r);
	}
}
