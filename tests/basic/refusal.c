// SPDX-License-Identifier: GPL-2.0-only
/* What a kernel does when asked to log a guest_memfd memslot. */
#include "basic.h"

static int try_to_log(struct ctx *c)
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
	if (c->t.subject->private)
		return;
	check_content(&c->t, true);
	check_backing(slot);
}

/* A kernel that logs memory the host cannot see has to do it right. */
static void check_private_log(struct ctx *c)
{
	c->t.mode = &log_modes[0];
	c->slot = testvm_add_slot(&c->t, &c->b, TEST_SLOT,
				  KVM_MEM_LOG_DIRTY_PAGES,
				  testvm_window_gfn(&c->t), 0, 65);
	testvm_step(&c->t, "private memory");
	write_picked(c, pick_third);
	check_harvest(&c->t);
	write_picked(c, pick_ends);
	check_harvest(&c->t);
	check_harvest(&c->t);
	testvm_delete_slot(c->slot);
	c->slot = NULL;
}

/* Refuse cleanly, or accept. */
BASIC_TEST(refusal, plain)
{
	int r;

	backing_create(&c->b, c->t.subject, c->t.vm, 65 * c->t.page_size);
	if (c->t.subject->private)
		vm_mem_set_private(c->t.vm, WINDOW_GPA, c->b.size);
	r = try_to_log(c);
	switch (r) {
	case 0:
		report_note("lifted: this kernel logs guest_memfd memslots");
		memslot_delete(c->t.vm, TEST_SLOT);
		if (c->t.subject->private)
			check_private_log(c);
		break;
	case -EINVAL:
		check_untouched(c);
		break;
	default:
		report_fail("logging refused errno=%d expected=EINVAL", -r);
	}
}
