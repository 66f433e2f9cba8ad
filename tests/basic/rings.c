// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings that userspace has filled with garbage.  They are its memory: what it writes
 * there may cost it its own log, and nothing else.
 */
#include "basic.h"

#define NPAGES 70
/* From its end to the next memslot's start: more than a batch of a reset. */
#define GAP 64
/* From the end of the memslot before it to its start: far less than a batch. */
#define GAP_BEFORE 2
#define OTHER_SLOT 2
#define NR_OTHERS 2

/*
 * What replaces a dirty entry.  Offsets are far from all that is good, for the kernel
 * resets entries in batches of up to 64 pages and drops a batch that does not fit into
 * the memslot (kvm_reset_dirty_gfn() in virt/kvm/dirty_ring.c).
 */
struct garbage {
	u32 slot;
	u64 offset;
	u32 flags;
};

#define RESET KVM_DIRTY_GFN_F_RESET
#define DIRTY KVM_DIRTY_GFN_F_DIRTY

static const struct garbage garbage[] = {
	/* No such memslot: never made, the first that cannot be, all bits. */
	{ 9, 0, RESET },
	{ 0x7fff, 0, RESET },
	{ 0xffff, 3, RESET | DIRTY },
	{ ~0u, ~0ull - 200, ~0u },
	/* No such address space. */
	{ 2 << 16 | TEST_SLOT, 2, RESET },
	{ 0x8000u << 16 | TEST_SLOT, 2, RESET },
	/* The first page is 0, cut to 32 bits, or to what is left of an address. */
	{ TEST_SLOT, 1ull << 32, RESET },
	{ TEST_SLOT, 1ull << 52, RESET },
	{ TEST_SLOT, 1ull << 63, ~0u & ~DIRTY },
	{ TEST_SLOT, ~0ull - 200, RESET },
	/* In the other memslot, counted from this one's start. */
	{ TEST_SLOT, NPAGES + GAP, RESET },
	{ TEST_SLOT, NPAGES + GAP + 3, RESET },
	{ TEST_SLOT, NPAGES + GAP + 66, RESET },
	/*
	 * A batch of two, if they come together: its last page is the first of the memslot,
	 * and all others are before it.
	 */
	{ TEST_SLOT, -63ull, RESET },
	{ TEST_SLOT, 0, RESET },
};

/* One entry in so many stays as it is. */
#define GOOD 4

static bool pick_good(u64 page, u64 npages)
{
	return page % (2 * GOOD) == 2 * (GOOD - 1);
}

static bool pick_even(u64 page, u64 npages)
{
	return page % 2 == 0;
}

static void write_slot(struct ctx *c, struct testslot *s, pick_fn pick)
{
	struct guest_op ops[NPAGES];
	u64 page, nr = 0;

	for (page = 0; page < s->npages; page++)
		if (pick(page, s->npages))
			ops[nr++] = testslot_op(s, &store_u64, page, 8 * (page % 500),
						rng_u64(&c->rng));
	testvm_run(&c->t, 0, ops, nr);
}

/* The memslot whose entries are overwritten, and others beside it. */
static void attach_between(struct ctx *c, struct testslot *others[NR_OTHERS])
{
	struct layout l = { .npages = NPAGES, .gfn = 1 };

	backing_create(&c->b, c->t.subject, c->t.vm,
		       (NR_OTHERS + 1) * NPAGES * c->t.page_size);
	others[0] = add_slot(c, OTHER_SLOT, &l);
	l.gfn += NPAGES + GAP_BEFORE;
	l.offset += NPAGES;
	c->slot = add_slot(c, TEST_SLOT, &l);
	l.gfn += NPAGES + GAP;
	l.offset += NPAGES;
	others[1] = add_slot(c, OTHER_SLOT + 1, &l);
}

static void write_others(struct ctx *c, struct testslot *others[NR_OTHERS], pick_fn pick)
{
	int i;

	for (i = 0; i < NR_OTHERS; i++)
		write_slot(c, others[i], pick);
}

static void put_garbage(struct kvm_dirty_gfn *e, const struct garbage *g)
{
	e->slot = g->slot;
	e->offset = g->offset;
	__atomic_store_n(&e->flags, g->flags, __ATOMIC_RELEASE);
}

/* Give back what the ring holds, most of it overwritten; returns how many entries. */
static u32 give_garbage_back(struct ctx *c)
{
	struct kvm_vcpu *vcpu = c->t.vcpus[0];
	struct testslot *s = c->slot;
	struct kvm_dirty_gfn *e;
	u32 n = 0, i = 0;

	harvest_by_hand(&c->t);
	for (; (e = own_entry(c)); n++) {
		pageset_set(&s->reported, e->offset);
		if (pick_good(e->offset, s->npages)) {
			ring_consume(vcpu, e);
			continue;
		}
		put_garbage(e, &garbage[i++ % ARRAY_SIZE(garbage)]);
		vcpu->fetch_index++;
	}
	check_reported(&c->t);
	return n;
}

/* In entries that the kernel does not expect back, and that do not say so. */
static void litter(struct ctx *c)
{
	struct kvm_vcpu *vcpu = c->t.vcpus[0];
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(vcpu);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(garbage); i++) {
		struct garbage g = garbage[i];

		/* Alone it would be an entry, to who reads the ring. */
		g.flags = i % 2 ? ~RESET : 0;
		put_garbage(&ring[(vcpu->fetch_index + i) % vcpu->dirty_gfns_count], &g);
	}
}

/*
 * Entries that name no page do nothing; a page whose entry was given back as it was is
 * protected, and one whose entry was overwritten is not, until its log starts anew:
 * what is written there meanwhile is lost, by userspace's own doing, so nothing is.
 * The other memslots' pages must not have been protected: then they would be entered
 * once more, which the harvest sees.
 */
BASIC_TEST(ring_garbage, rings)
{
	struct testslot *others[NR_OTHERS];
	int i;
	u32 n;

	attach_between(c, others);
	testvm_step(&c->t, "entries overwritten");
	write_slot(c, c->slot, pick_even);
	n = give_garbage_back(c);
	write_others(c, others, pick_third);
	expect_reset(c, n);
	testvm_step(&c->t, "after entries were overwritten");
	write_others(c, others, pick_third);
	write_slot(c, c->slot, pick_good);
	write_slot(c, c->slot, pick_odd);
	check_harvest(&c->t);
	testvm_step(&c->t, "litter behind the last entry");
	litter(c);
	expect_reset(c, 0);
	write_slot(c, c->slot, pick_odd);
	write_others(c, others, pick_every);
	check_harvest(&c->t);
	set_log(c, false);
	set_log(c, true);
	testvm_step(&c->t, "after the log was switched on again");
	write_slot(c, c->slot, pick_every);
	check_harvest(&c->t);
	check_content(&c->t, true);
	for (i = 0; i < NR_OTHERS; i++)
		testvm_delete_slot(others[i]);
}

/*
 * Entries that were never dirty, given back as if they had been.  What that does to the
 * ring is userspace's problem; that the kernel complains (kvm_dirty_ring_push() in
 * virt/kvm/dirty_ring.c finds it full) is not.
 */
BASIC_TEST(ring_never_dirty, rings)
{
	struct kvm_vcpu *vcpu = c->t.vcpus[0];
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(vcpu);
	struct guest_op op;
	u32 nr;

	attach(c, &(struct layout) { .npages = NPAGES, .gfn = 1 });
	testvm_step(&c->t, "an entry that was never dirty is reset");
	put_garbage(&ring[vcpu->fetch_index % vcpu->dirty_gfns_count],
		    &(struct garbage) { TEST_SLOT, 1, RESET });
	nr = kvm_vm_reset_dirty_ring(c->t.vm);
	if (nr)
		report_fail("ring reset=%u entries that were never dirty step=\"%s\"", nr,
			    c->t.step);
	op = testslot_op(c->slot, &store_u64, 2, 0, 1);
	testvm_run(&c->t, 0, &op, 1);
	check_content(&c->t, true);
	/* Nobody knows what is in the ring: the memslot goes without a harvest. */
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}

/* Three pages near the end of the smaller memslot, less than 64 from the stale one. */
static bool pick_near_end(u64 page, u64 npages)
{
	return page + 3 >= npages;
}

#define STALE_PAGE 100

/* Take all entries there are, which are one batch; returns how many. */
static u32 take_with_stale(struct ctx *c)
{
	struct kvm_vcpu *vcpu = c->t.vcpus[0];
	struct testslot *s = c->slot;
	struct kvm_dirty_gfn *e;
	bool stale = false;
	u32 n = 0;

	harvest_by_hand(&c->t);
	for (; (e = ring_entry(vcpu, 0)); n++) {
		if (e->offset < s->npages)
			pageset_set(&s->reported, e->offset);
		else if (e->slot == s->id && e->offset == STALE_PAGE)
			stale = true;
		else
			report_fail("stray ring entry slot=%#x offset=%llu", e->slot, e->offset);
		ring_consume(vcpu, e);
	}
	if (stale)
		pageset_copy(&s->unreset, &s->reported);
	check_reported(&c->t);
	return n;
}

/*
 * Nobody has taken the entry of a memslot that is gone, and it is given back together with
 * those of the one that has its number now, which is smaller.
 */
BASIC_TEST(ring_stale_entry, rings)
{
	const struct layout l = { .npages = 65, .gfn = 1 };
	struct guest_op op;

	backing_create(&c->b, c->t.subject, c->t.vm, 130 * c->t.page_size);
	c->slot = add_slot(c, TEST_SLOT, &(struct layout) { .npages = 130, .gfn = 1 });
	op = testslot_op(c->slot, &store_u64, STALE_PAGE, 0, 1);
	testvm_run(&c->t, 0, &op, 1);
	testvm_delete_slot(c->slot);
	c->t.nr_ops = 0;
	c->slot = add_slot(c, TEST_SLOT, &l);
	testvm_step(&c->t, "pages in one batch with a stale entry");
	write_picked(c, pick_near_end);
	expect_reset(c, take_with_stale(c));
	testvm_step(&c->t, "the same pages again");
	write_picked(c, pick_near_end);
	check_harvest(&c->t);
	testvm_step(&c->t, "every page");
	write_picked(c, pick_every);
	check_harvest(&c->t);
	check_content(&c->t, true);
	/* Where pages are lost now they stay so: the memslot goes without a last write. */
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}
