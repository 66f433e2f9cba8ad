// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that comes and goes under a log: holes, allocation, the host's own
 * writes, and pages that KVM maps before the guest asks.
 */
#include "basic.h"

static const struct layout three_words = { .npages = 140, .gfn = 1, .offset = 3 };

/* Punch @n pages from page @from of the memslot on. */
static void punch_pages(struct ctx *c, u64 from, u64 n)
{
	backing_punch(&c->b, c->slot->offset + from * c->t.page_size,
		      n * c->t.page_size);
}

static bool pick_hole(u64 page, u64 npages)
{
	return page >= 60 && page < 70;
}

/* Neither sets a bit nor takes one away; the guest reads zeros. */
BASIC_TEST(punch_hole, logged)
{
	attach(c, &three_words);
	write_picked(c, pick_every);
	testvm_step(&c->t, "hole in dirty pages");
	punch_pages(c, 60, 10);
	check_content(&c->t, false);
	check_harvest(&c->t);
	testvm_step(&c->t, "hole in clean pages");
	write_picked(c, pick_third);
	check_harvest(&c->t);
	punch_pages(c, 60, 10);
	check_harvest(&c->t);
	testvm_step(&c->t, "reads in the hole");
	do_picked(c, &load_u64, pick_hole);
	if (contract_allows(EVENT_FIRST_READ))
		allow_picked(c, pick_hole);
	check_harvest(&c->t);
	testvm_step(&c->t, "writes in the hole");
	do_picked(c, &increment_u64, pick_hole);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_step(&c->t, "writes around the hole");
	write_picked(c, pick_odd);
	check_harvest(&c->t);
}

/*
 * Two memslots on one backing: pages 3..72 and 80..149 of it, with a gap in
 * between.  Each hole starts at this page of the backing.
 */
static const struct layout below = { .npages = 70, .gfn = 200, .offset = 3 };
static const struct layout above = { .npages = 70, .gfn = 1, .offset = 80 };

static const struct hole {
	u64 from, n;
} holes[] = {
	{ 2, 2 },		/* across the first memslot's start */
	{ 0, 3 },		/* ends where it starts */
	{ 66, 2 },		/* across a word of its bitmap */
	{ 72, 2 },		/* across its end */
	{ 73, 7 },		/* the gap, and nothing else */
	{ 72, 9 },		/* one page of each memslot and the gap */
	{ 79, 2 },		/* across the second memslot's start */
	{ 143, 2 },		/* across a word of its bitmap */
	{ 149, 6 },		/* across its end, to the end of all */
	{ 40, 80 },		/* half of each */
	{ 0, 155 },		/* all there is */
};

/* Pages of the first memslot, and others of the second. */
static void do_both(struct ctx *c, struct testslot *const *s,
		    const struct guest_kind *kind, pick_fn first, pick_fn second)
{
	c->slot = s[0];
	do_picked(c, kind, first);
	c->slot = s[1];
	do_picked(c, kind, second);
	c->slot = NULL;
}

BASIC_TEST(punch_edges, logged)
{
	struct testslot *s[2];
	unsigned int i;

	backing_create(&c->b, c->t.subject, c->t.vm, 155 * c->t.page_size);
	s[0] = add_slot(c, TEST_SLOT, &below);
	s[1] = add_slot(c, TEST_SLOT + 1, &above);
	do_both(c, s, &store_u64, pick_every, pick_every);
	check_harvest(&c->t);
	for (i = 0; i < ARRAY_SIZE(holes); i++) {
		testvm_step(&c->t, "hole at page %lu of the backing, %lu pages",
			    holes[i].from, holes[i].n);
		do_both(c, s, &store_u64, pick_third, pick_odd);
		backing_punch(&c->b, holes[i].from * c->t.page_size,
			      holes[i].n * c->t.page_size);
		check_content(&c->t, false);
		check_harvest(&c->t);
		do_both(c, s, &increment_u64, pick_every, pick_every);
		check_harvest(&c->t);
		check_content(&c->t, false);
	}
}

/* Pages that the host allocates are not written by the guest. */
BASIC_TEST(allocate, logged)
{
	attach(c, &three_words);
	write_picked(c, pick_third);
	check_harvest(&c->t);
	testvm_step(&c->t, "allocate pages");
	punch_pages(c, 20, 100);
	backing_allocate(&c->b);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_step(&c->t, "writes to allocated pages");
	do_picked(c, &increment_u64, pick_odd);
	check_harvest(&c->t);
	check_content(&c->t, false);
}

static void host_write(struct ctx *c, u64 page, u64 val)
{
	host_puts(c, page, 0, &val, sizeof(val));
}

/* The log is the guest's: what the host writes through its mapping is not. */
BASIC_TEST(host_write, logged)
{
	u64 page;

	attach(c, &three_words);
	testvm_step(&c->t, "host writes to pages nobody has touched");
	for (page = 0; page < 140; page++)
		host_write(c, page, page + 1);
	check_harvest(&c->t);
	testvm_step(&c->t, "guest writes to what the host wrote");
	do_picked(c, &increment_u64, pick_every);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_step(&c->t, "host writes to clean pages");
	for (page = 0; page < 140; page += 2)
		host_write(c, page, page + 2);
	check_harvest(&c->t);
	testvm_step(&c->t, "host writes among the guest's");
	write_picked(c, pick_odd);
	for (page = 0; page < 140; page += 2)
		host_write(c, page, page + 3);
	check_harvest(&c->t);
	check_content(&c->t, false);
}

/*
 * Have KVM map memory from range->gpa on, once.  Returns 0 or -errno, and what
 * is left to do in @range.
 */
static int prefault(struct ctx *c, struct kvm_pre_fault_memory *range)
{
	errno = 0;
	return __vcpu_ioctl(c->t.vcpus[0], KVM_PRE_FAULT_MEMORY, range) ?
	       -errno : 0;
}

/* Pages [@from, @from + @n) of the memslot. */
static struct kvm_pre_fault_memory prefault_range(struct ctx *c, u64 from, u64 n)
{
	return (struct kvm_pre_fault_memory) {
		.gpa = (c->slot->gfn + from) * c->t.page_size,
		.size = n * c->t.page_size,
	};
}

static void prefault_pages(struct ctx *c, u64 from, u64 n)
{
	struct kvm_pre_fault_memory range = prefault_range(c, from, n);
	int r = 0;

	while (!r && range.size)
		r = prefault(c, &range);
	if (r)
		report_fatal("ioctl KVM_PRE_FAULT_MEMORY failed errno=%d step=\"%s\"",
			     -r, c->t.step);
}

static bool pick_low(u64 page, u64 npages)
{
	return page < 100;
}

/*
 * Pages that KVM has not mapped may be marked as the contract says, others
 * never; and none is lost for being mapped ahead.
 */
BASIC_TEST(prefault, logged)
{
	if (!vm_check_cap(c->t.vm, KVM_CAP_PRE_FAULT_MEMORY))
		report_skip("no KVM_PRE_FAULT_MEMORY");
	attach(c, &three_words);
	testvm_step(&c->t, "prefault of pages that are not mapped");
	prefault_pages(c, 0, 100);
	if (contract_allows(EVENT_PREFAULT))
		allow_picked(c, pick_low);
	check_harvest(&c->t);
	testvm_step(&c->t, "prefault of pages that are mapped");
	prefault_pages(c, 0, 100);
	check_harvest(&c->t);
	testvm_step(&c->t, "writes to pages that were mapped ahead");
	write_picked(c, pick_every);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_step(&c->t, "prefault of clean pages");
	prefault_pages(c, 0, 140);
	check_harvest(&c->t);
	write_picked(c, pick_third);
	check_harvest(&c->t);
}

#ifdef __x86_64__
static u64 ring_entries(const struct ctx *c)
{
	return c->t.vm->dirty_ring_size / sizeof(struct kvm_dirty_gfn);
}

/*
 * A bitmap has a bit for every page there is.  A ring need not have as many
 * entries: prefault_overflow shows what becomes of it.
 */
BASIC_TEST(prefault_all, logged)
{
	if (!vm_check_cap(c->t.vm, KVM_CAP_PRE_FAULT_MEMORY))
		report_skip("no KVM_PRE_FAULT_MEMORY");
	if (c->t.vm->dirty_ring_size && ring_entries(c) < large.npages)
		report_skip("ring smaller than the memslot");
	attach(c, &large);
	backing_allocate(&c->b);
	write_picked(c, pick_odd);
	testvm_step(&c->t, "prefault of the whole memslot");
	prefault_pages(c, 0, c->slot->npages);
	if (contract_allows(EVENT_PREFAULT))
		allow_picked(c, pick_every);
	check_harvest(&c->t);
	write_picked(c, pick_third);
	check_harvest(&c->t);
}

static void enable_small_ring(struct kvm_vm *vm)
{
	vm_enable_dirty_ring(vm, 1024 * sizeof(struct kvm_dirty_gfn));
}

/* Few enough for what KVM keeps in reserve of such a ring (PML: 576 entries). */
static bool pick_tenth(u64 page, u64 npages)
{
	return page % 10 == 0;
}

/* Stop where KVM stops for a full ring, and go on when it is empty. */
static void prefault_and_harvest(struct ctx *c, struct kvm_pre_fault_memory *range)
{
	u64 left = -1;
	int r = 0;

	while (range->size && range->size < left) {
		left = range->size;
		r = prefault(c, range);
		if (left - range->size > ring_entries(c) * c->t.page_size)
			known_saw(SAW_OVERRUN);
		if (contract_allows(EVENT_PREFAULT))
			allow_picked(c, pick_every);
		check_harvest(&c->t);
	}
	if (range->size)
		report_fail("KVM_PRE_FAULT_MEMORY makes no progress errno=%d left=%#llx",
			    -r, range->size);
}

/*
 * More pages than a ring has entries.  Whatever KVM does with the ring, it may
 * not leave pages writable that nobody will be told about.
 */
BASIC_TEST(prefault_overflow, ring)
{
	struct kvm_pre_fault_memory range;
	struct log_mode small = *c->t.mode;
	const struct subject *subject = c->t.subject;

	if (!vm_check_cap(c->t.vm, KVM_CAP_PRE_FAULT_MEMORY))
		report_skip("no KVM_PRE_FAULT_MEMORY");
	testvm_destroy(&c->t);
	small.enable = enable_small_ring;
	testvm_create(&c->t, subject, &small, 1);
	attach(c, &(struct layout) { .npages = 1300, .gfn = 1 });
	/* Anonymous memory nobody wrote is the zero page, never writable. */
	backing_allocate(&c->b);
	testvm_step(&c->t, "prefault of 1300 pages with a ring of 1024");
	range = prefault_range(c, 0, 1300);
	prefault_and_harvest(c, &range);
	testvm_step(&c->t, "writes after the prefault");
	write_picked(c, pick_tenth);
	check_harvest(&c->t);
	write_picked(c, pick_tenth);
	check_harvest(&c->t);
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
	testvm_destroy(&c->t);
	testvm_create(&c->t, subject, NULL, 1);
}
#endif
