// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that log pages into a buffer of their own on the way to the log (PML): it is
 * filled to the brim, and emptied in order; it is there for each vCPU, and as long as
 * one memslot is logged.  Of other CPUs the same is asked.
 */
#include "alloc.h"
#include "basic.h"

/* A prime, so that any stride meets every page; a buffer has 512 entries. */
#define NPAGES 1031

static const struct layout whole = { .npages = NPAGES, .gfn = 1 };

/* So many pages between two exits, with nothing else in between. */
static const u64 fills[] = { 1, 511, 512, 513, 1023, 1024 };

/* The @i-th page of an order that is not theirs. */
static u64 shuffled(u64 i)
{
	return (i * 389 + 17) % NPAGES;
}

static void write_shuffled(struct ctx *c, int vcpu, u64 nr)
{
	struct guest_op *ops = alloc_zeroed(nr, sizeof(*ops));
	u64 i;

	for (i = 0; i < nr; i++)
		ops[i] = testslot_op(c->slot, &store_u64, shuffled(i), 8 * (i % 500),
				     rng_u64(&c->rng));
	testvm_run(&c->t, vcpu, ops, nr);
	free(ops);
}

/* KVM has mapped every page and reported it: from here on the CPU may log by itself. */
static void attach_warm(struct ctx *c)
{
	attach(c, &whole);
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

BASIC_TEST(buffer_fills, small)
{
	unsigned int i;

	attach_warm(c);
	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		testvm_step(&c->t, "%lu pages without an exit", fills[i]);
		write_shuffled(c, 0, fills[i]);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
}

/*
 * How much a ring takes before it counts as full: kvm_dirty_ring_get_rsvd_entries() in
 * virt/kvm/dirty_ring.c.
 */
static u64 ring_room(const struct kvm_vcpu *vcpu)
{
	return vcpu->dirty_gfns_count - 64 - (mmu_mode() == MMU_TDP_PML ? 512 : 0) - 1;
}

/*
 * The ring of the only vCPU must hold the pages in the order in which it wrote them.
 * One that the host has unmapped meanwhile is in it twice.
 */
static void check_order(struct ctx *c)
{
	struct testslot *s = c->slot;
	struct kvm_dirty_gfn *e;
	u64 i = 0, n = 0;

	harvest_by_hand(&c->t);
	for (; (e = own_entry(c)); n++) {
		if (!pageset_test(&s->reported, e->offset) && e->offset != shuffled(i++))
			report_fatal("ring entry=%lu page=%llu expected=%lu step=\"%s\"", n,
				     e->offset, shuffled(i - 1), c->t.step);
		pageset_set(&s->reported, e->offset);
		ring_consume(c->t.vcpus[0], e);
	}
	expect_reset(c, n);
	check_reported(&c->t);
}

BASIC_TEST(ring_order, rings)
{
	unsigned int i;

	attach_warm(c);
	for (i = 0; i < ARRAY_SIZE(fills); i++) {
		u64 nr = min_t(u64, fills[i], ring_room(c->t.vcpus[0]));

		testvm_step(&c->t, "%lu pages in order", nr);
		write_shuffled(c, 0, nr);
		check_order(c);
	}
}

static void write_both(struct ctx *c, struct testslot *const *s)
{
	write_in(c, s[0], pick_third);
	write_in(c, s[1], pick_odd);
}

/* The log of one memslot ends and begins again; the other's goes on. */
BASIC_TEST(log_of_two, logged)
{
	static const struct layout parts[] = {
		{ .npages = 70, .gfn = 200, .offset = 3 },
		{ .npages = 70, .gfn = 1, .offset = 80 },
	};
	struct testslot *s[2];
	unsigned int i;

	backing_create(&c->b, c->t.subject, c->t.vm, 155 * c->t.page_size);
	s[0] = add_slot(c, TEST_SLOT, &parts[0]);
	s[1] = add_slot(c, TEST_SLOT + 1, &parts[1]);
	write_both(c, s);
	check_harvest(&c->t);
	for (i = 0; i < 4; i++) {
		testvm_step(&c->t, "log of memslot %u off", s[i % 2]->id);
		c->slot = s[i % 2];
		set_log(c, false);
		write_both(c, s);
		check_harvest(&c->t);
		testvm_step(&c->t, "log of memslot %u on again", s[i % 2]->id);
		c->slot = s[i % 2];
		set_log(c, true);
		if (c->t.mode->initially_set)
			check_harvest(&c->t);
		write_both(c, s);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
	c->slot = NULL;
}

#ifdef __x86_64__
/* arm64 makes its vCPUs before anything runs. */
BASIC_TEST(late_vcpu, small)
{
	int vcpu;

	attach_warm(c);
	write_shuffled(c, 0, NPAGES / 2);
	vcpu = testvm_add_vcpu(&c->t);
	testvm_step(&c->t, "a vCPU made while the log is on");
	write_shuffled(c, vcpu, NPAGES / 3);
	check_harvest(&c->t);
	write_shuffled(c, vcpu, NPAGES / 2);
	check_harvest(&c->t);
	check_content(&c->t, true);
}
#endif
