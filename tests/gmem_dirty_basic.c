// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's dirty log, one step at a time: the guest does something, stops, the
 * log is harvested once and must hold exactly the pages that were written.
 *
 * Every test runs for every subject (lib/subject.c) in every log mode
 * (lib/harvest.c).  Guest code is in tests/guest_code/.
 */
#include "contract.h"
#include "harness.h"
#include "rng.h"

#define TEST_SLOT 1

/* Where a memslot lies: sizes and alignments that bitmaps get wrong. */
static const struct layout {
	u64 npages;
	u64 gfn;	/* pages from the start of the window */
	u64 offset;	/* pages from the start of the backing */
} layouts[] = {
	{ .npages = 1 },
	{ .npages = 63 },
	{ .npages = 64 },
	{ .npages = 65 },
	{ .npages = 1027 },
	{ .npages = 130, .gfn = 1 },
	{ .npages = 130, .gfn = 63 },
	{ .npages = 130, .offset = 3 },
	{ .npages = 1027, .gfn = 511, .offset = 65 },
};

/*
 * What a test works with: a VM of one vCPU, and the memslot it attached last.
 */
struct ctx {
	struct testvm t;
	struct backing b;
	struct testslot *slot;
	struct rng rng;
};

FIXTURE(basic) {
	struct ctx c;
};

FIXTURE_VARIANT(basic) {
	struct suite_variant v;
};

/* A test's body is a function of the context alone. */
#define BASIC_TEST(name)						\
static void basic_test_##name(struct ctx *c);				\
TEST_F_TIMEOUT(basic, name, SUITE_TIMEOUT)				\
{									\
	basic_test_##name(&self->c);					\
}									\
static void basic_test_##name(struct ctx *c)

FIXTURE_SETUP(basic)
{
	const struct suite_variant *v = &variant->v;

	suite_begin(_metadata, v);
	if (v->skip)
		SKIP(return, "%s", v->skip);
	self->c.rng.state = options.seed;
	testvm_create(&self->c.t, v->subject, v->mode, 1);
}

static void attach(struct ctx *c, const struct layout *l)
{
	struct testvm *t = &c->t;

	backing_create(&c->b, t->subject, t->vm,
		       (l->offset + l->npages) * t->page_size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT,
				     KVM_MEM_LOG_DIRTY_PAGES,
				     testvm_window_gfn(t) + l->gfn,
				     l->offset * t->page_size, l->npages);
	testvm_step(t, "npages %lu gfn +%lu offset %lu", l->npages, l->gfn,
		    l->offset);
}

/*
 * Rings keep entries of a memslot that is gone, and the next one may get its
 * number: leave none behind.
 */
static void detach(struct ctx *c)
{
	check_content(&c->t);
	check_backing(c->slot);
	check_harvest(&c->t);
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}

FIXTURE_TEARDOWN(basic)
{
	if (self->c.slot)
		detach(&self->c);
	testvm_destroy(&self->c.t);
	suite_end(_metadata);
}

/* A memslot of many pages whose last bitmap word is not full. */
static const struct layout large = { .npages = 1027, .gfn = 1 };

/*
 * Have the guest do @kind on every page of @set, in order, each at an offset
 * and with a value of its own.
 */
static void do_pages(struct ctx *c, const struct guest_kind *kind,
		     const struct pageset *set)
{
	struct guest_op *ops = calloc(set->npages, sizeof(*ops));
	u64 page, n = 0;

	TEST_ASSERT(ops, "out of memory");
	pageset_for_each(page, set) {
		u32 at = 8 * rng_below(&c->rng, c->t.page_size / 8);

		ops[n++] = testslot_op(c->slot, kind, page, at,
				       rng_u64(&c->rng));
	}
	testvm_run(&c->t, 0, ops, n);
	free(ops);
}

/* Which pages a test touches. */
static bool pick_every(u64 page, u64 npages)
{
	return true;
}

static bool pick_third(u64 page, u64 npages)
{
	return page % 3 == 0;
}

static bool pick_odd(u64 page, u64 npages)
{
	return page % 2;
}

static bool pick_ends(u64 page, u64 npages)
{
	return page == 0 || page == npages - 1;
}

static bool pick_last(u64 page, u64 npages)
{
	return page == npages - 1;
}

static void do_picked(struct ctx *c, const struct guest_kind *kind,
		      bool (*pick)(u64 page, u64 npages))
{
	u64 page, npages = c->slot->npages;
	struct pageset set;

	pageset_init(&set, npages);
	for (page = 0; page < npages; page++)
		if (pick(page, npages))
			pageset_set(&set, page);
	do_pages(c, kind, &set);
	pageset_free(&set);
}

static void write_picked(struct ctx *c,
			 bool (*pick)(u64 page, u64 npages))
{
	do_picked(c, &store_u64, pick);
}

/* In every layout: write, harvest, and harvest again for nothing. */
static void write_in_layouts(struct ctx *c,
			     bool (*pick)(u64 page, u64 npages))
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		attach(c, &layouts[i]);
		write_picked(c, pick);
		check_harvest(&c->t);
		check_harvest(&c->t);
		detach(c);
	}
}

BASIC_TEST(every_page)
{
	write_in_layouts(c, pick_every);
}

BASIC_TEST(third_page)
{
	write_in_layouts(c, pick_third);
}

BASIC_TEST(first_and_last_page)
{
	write_in_layouts(c, pick_ends);
}

BASIC_TEST(tail_word)
{
	write_in_layouts(c, pick_last);
}

BASIC_TEST(single_page)
{
	struct pageset set;
	int i;

	attach(c, &large);
	pageset_init(&set, c->slot->npages);
	for (i = 0; i < 32; i++) {
		pageset_zero(&set);
		pageset_set(&set, rng_below(&c->rng, set.npages));
		do_pages(c, &store_u64, &set);
		check_harvest(&c->t);
	}
	pageset_free(&set);
}

/* What is written again after a harvest is reported again, and nothing else. */
BASIC_TEST(rewrite)
{
	attach(c, &large);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "second write");
	write_picked(c, pick_third);
	check_harvest(&c->t);
	testvm_step(&c->t, "third write");
	write_picked(c, pick_odd);
	write_picked(c, pick_third);
	check_harvest(&c->t);
}

/* Pages that were written and harvested are not reported for being read. */
BASIC_TEST(warm_read)
{
	attach(c, &large);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "reads of pages harvested before");
	do_picked(c, &load_u64, pick_every);
	check_harvest(&c->t);
}

static void allow_picked(struct ctx *c,
			 bool (*pick)(u64 page, u64 npages))
{
	u64 page;

	for (page = 0; page < c->slot->npages; page++)
		if (pick(page, c->slot->npages))
			oracle_allowed(&c->slot->oracle, page);
}

/* Reads of pages nobody has touched: the contract says what may be reported. */
BASIC_TEST(first_read)
{
	attach(c, &large);
	testvm_step(&c->t, "first reads");
	do_picked(c, &load_u64, pick_odd);
	if (contract_allows(EVENT_FIRST_READ))
		allow_picked(c, pick_odd);
	check_harvest(&c->t);
	testvm_step(&c->t, "writes after first reads");
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/* What the guest wrote is in the memory, and only that. */
BASIC_TEST(contents)
{
	int i;

	attach(c, &large);
	for (i = 0; i < 4; i++) {
		testvm_step(&c->t, "round %d", i);
		do_picked(c, &store_u64, pick_third);
		do_picked(c, &increment_u64, pick_odd);
		check_content(&c->t);
		check_harvest(&c->t);
	}
}

/*
 * What a kernel does when asked to log a guest_memfd memslot: refuse cleanly,
 * or accept.
 */
FIXTURE(refusal) {
	struct ctx c;
};

FIXTURE_VARIANT(refusal) {
	struct suite_variant v;
};

FIXTURE_SETUP(refusal)
{
	const struct suite_variant *v = &variant->v;

	suite_begin(_metadata, v);
	if (subject_unsupported(v->subject))
		SKIP(return, "%s", subject_unsupported(v->subject));
	testvm_create(&self->c.t, v->subject, NULL, 1);
	backing_create(&self->c.b, v->subject, self->c.t.vm, 65 * self->c.t.page_size);
}

FIXTURE_TEARDOWN(refusal)
{
	testvm_destroy(&self->c.t);
	backing_destroy(&self->c.b);
	suite_end(_metadata);
}

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
	check_content(&c->t);
	check_backing(slot);
}

TEST_F_TIMEOUT(refusal, log_at_create, SUITE_TIMEOUT)
{
	int r = try_log(&self->c);

	switch (r) {
	case 0:
		report_note("lifted: this kernel logs guest_memfd memslots");
		memslot_delete(self->c.t.vm, TEST_SLOT);
		break;
	case -EINVAL:
		check_untouched(&self->c);
		break;
	default:
		report_fail("logging refused errno=%d expected=EINVAL", -r);
	}
}

/* Only memslots that KVM attaches as guest_memfd can be refused. */
static void add_refusal_variants(void)
{
	unsigned int i;

	for (i = 0; i < nr_subjects; i++)
		if (subjects[i].slot_flags & KVM_MEM_GUEST_MEMFD)
			suite_add_variant(&_refusal_fixture_object,
					  &subjects[i], NULL);
}

int main(int argc, char **argv)
{
	options_parse(argc, argv);
	if (options.probe)
		return suite_probe();
	suite_add_variants(&_basic_fixture_object);
	add_refusal_variants();
	return suite_run();
}
