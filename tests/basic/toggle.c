// SPDX-License-Identifier: GPL-2.0-only
/* The log is switched off and on while the memslot stays. */
#include "basic.h"

static const struct layout toggled = { .npages = 70, .gfn = 1, .offset = 3 };

static void check_no_log(struct ctx *c)
{
	u64 bitmap[3];
	int r = log_get(&c->t, c->slot->id, bitmap);
	int expected = log_has_bitmap(&c->t) ? ENOENT : ENXIO;

	if (r != -expected)
		report_fail("KVM_GET_DIRTY_LOG with the log off errno=%d expected=%d",
			    -r, expected);
	if (ring_pending(&c->t))
		report_fail("ring entries=%u with the log off step=\"%s\"",
			    ring_pending(&c->t), c->t.step);
}

/* Neither what was written before nor what was written meanwhile is told. */
BASIC_TEST(toggle, logged)
{
	int i;

	attach(c, &toggled);
	for (i = 0; i < 2; i++) {
		testvm_step(&c->t, "log off, round %d", i);
		write_picked(c, pick_third);
		set_log(c, false);
		check_no_log(c);
		write_picked(c, pick_odd);
		check_no_log(c);
		testvm_step(&c->t, "log on again, round %d", i);
		set_log(c, true);
		check_harvest(&c->t);
		write_picked(c, pick_every);
		check_harvest(&c->t);
		write_picked(c, pick_third);
		check_harvest(&c->t);
		check_content(&c->t, false);
	}
}

/* The log starts when the guest has long had everything mapped writable. */
BASIC_TEST(toggle_over_mappings, logged)
{
	struct testvm *t = &c->t;

	backing_create(&c->b, t->subject, t->vm, 73 * t->page_size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT, 0,
				  testvm_window_gfn(t) + toggled.gfn,
				  toggled.offset * t->page_size, toggled.npages);
	testvm_step(t, "writes without log");
	write_picked(c, pick_every);
	check_no_log(c);
	testvm_step(t, "first log of mappings that were writable");
	set_log(c, true);
	write_picked(c, pick_third);
	check_harvest(t);
	write_picked(c, pick_every);
	check_harvest(t);
	testvm_step(t, "reads of pages that were mapped writable");
	do_picked(c, &load_u64, pick_every);
	check_harvest(t);
}

/* A range of the memslot's file cannot be used twice, toggled or not. */
static void check_binding(struct ctx *c)
{
	struct testvm *t = &c->t;
	int r;

	if (!subject_is_gmem(t->subject))
		return;
	r = backing_attach(&c->b, t->vm, TEST_SLOT + 1, 0,
			   (testvm_window_gfn(t) + 1000) * t->page_size,
			   c->slot->offset + t->page_size, t->page_size);
	if (r != -EEXIST)
		report_fail("guest_memfd range bound twice errno=%d expected=EEXIST step=\"%s\"",
			    -r, t->step);
}

static bool pick_mapped(u64 page, u64 npages)
{
	return page < 40;
}

static bool pick_fresh(u64 page, u64 npages)
{
	return page >= 40 && page % 2;
}

static bool pick_fresh_read(u64 page, u64 npages)
{
	return page >= 40 && page % 2 == 0;
}

static void harvest_if_logged(struct ctx *c)
{
	if (c->slot->logged)
		check_harvest(&c->t);
	else
		check_no_log(c);
	check_content(&c->t, false);
}

/*
 * Everything a memslot is used for, after a toggle: pages the guest has mapped,
 * pages it has never seen, holes in both, and the book-keeping of its file.
 */
static void use(struct ctx *c)
{
	write_picked(c, pick_mapped);
	write_picked(c, pick_fresh);
	do_picked(c, &load_u64, pick_fresh_read);
	if (contract_allows(EVENT_FIRST_READ))
		allow_picked(c, pick_fresh_read);
	harvest_if_logged(c);
	backing_punch(&c->b, c->slot->offset + 30 * c->t.page_size,
		      20 * c->t.page_size);
	check_content(&c->t, false);
	do_picked(c, &increment_u64, pick_every);
	harvest_if_logged(c);
	check_binding(c);
}

static void toggle_and_use(struct ctx *c, bool log_at_create)
{
	struct testvm *t = &c->t;

	backing_create(&c->b, t->subject, t->vm, 73 * t->page_size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT,
				  log_at_create ? KVM_MEM_LOG_DIRTY_PAGES : 0,
				  testvm_window_gfn(t) + toggled.gfn,
				  toggled.offset * t->page_size, toggled.npages);
	write_picked(c, pick_mapped);
	testvm_step(t, "log at create %d, toggled once", log_at_create);
	set_log(c, !log_at_create);
	use(c);
	/* Never-touched pages again, for the next toggle. */
	backing_punch(&c->b, c->slot->offset + 40 * t->page_size,
		      30 * t->page_size);
	testvm_step(t, "log at create %d, toggled twice", log_at_create);
	set_log(c, log_at_create);
	use(c);
}

/* Delete the memslot, attach the same range again, and let all go. */
static void end_and_again(struct ctx *c)
{
	testvm_step(&c->t, "the same range after toggles");
	testvm_delete_slot(c->slot);
	c->slot = NULL;
	ring_discard(&c->t, -1);
	c->slot = add_slot(c, TEST_SLOT, &toggled);
	write_picked(c, pick_third);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}

BASIC_TEST(toggle_and_use, logged)
{
	toggle_and_use(c, true);
	end_and_again(c);
	toggle_and_use(c, false);
	end_and_again(c);
}

/* The file knows the memslot, also before any page of it is faulted in. */
BASIC_TEST(toggle_binding, gmem)
{
	attach(c, &toggled);
	testvm_step(&c->t, "log off, nothing touched");
	set_log(c, false);
	check_binding(c);
	testvm_step(&c->t, "log on again, nothing touched");
	set_log(c, true);
	check_binding(c);
}

/*
 * A hole in pages that the guest has mapped is taken from the guest, toggled or
 * not.  It only reads there: a kernel that forgot it would have it write to
 * memory that is free.
 */
BASIC_TEST(toggle_then_punch, gmem)
{
	const u64 hole = 40, nr = 10, size = c->t.page_size;
	struct guest_op ops[10];
	u64 i;

	attach(c, &toggled);
	for (i = 0; i < nr; i++)
		ops[i] = testslot_op(c->slot, &store_u64, hole + i, 0, ~i);
	testvm_run(&c->t, 0, ops, nr);
	write_picked(c, pick_mapped);
	testvm_step(&c->t, "hole in mapped pages, log off");
	set_log(c, false);
	backing_punch(&c->b, c->slot->offset + hole * size, nr * size);
	for (i = 0; i < nr; i++)
		ops[i] = testslot_op(c->slot, &copy_u64, i, 0, hole * size);
	testvm_run(&c->t, 0, ops, nr);
	check_content(&c->t, false);
	set_log(c, true);
	check_harvest(&c->t);
}
