// SPDX-License-Identifier: GPL-2.0-only
/* Which pages of which memslots. */
#include "basic.h"

/* Sizes and alignments that bitmaps get wrong. */
static const struct layout layouts[] = {
	{ .npages = 1 },
	{ .npages = 63 },
	{ .npages = 64 },
	{ .npages = 65 },
	{ .npages = 66, .gfn = 1 },
	{ .npages = 130, .gfn = 63, .offset = 3 },
	{ .npages = 1027, .gfn = 511, .offset = 65 },
};

/* In every layout: write, harvest, and harvest again for nothing. */
static void write_in_layouts(struct ctx *c, pick_fn pick)
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

BASIC_TEST(every_page, logged)
{
	write_in_layouts(c, pick_every);
}

BASIC_TEST(third_page, logged)
{
	write_in_layouts(c, pick_third);
}

BASIC_TEST(first_and_last_page, logged)
{
	write_in_layouts(c, pick_ends);
}

BASIC_TEST(tail_word, logged)
{
	write_in_layouts(c, pick_last);
}

BASIC_TEST(single_page, logged)
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
BASIC_TEST(rewrite, logged)
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

/*
 * Orders in which pages are written: KVM resets rings in batches that grow from
 * one entry to the next (kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c), up to
 * 64 pages and in both directions.  @jumps between pages, over and over.
 */
static const struct order {
	const char *name;
	u64 start;
	s64 jumps[3];
	unsigned int nr_jumps;
	u64 writes;
} orders[] = {
	{ "down", 258, { -1 }, 1, 259 },
	{ "down by 63", 252, { -63 }, 1, 5 },
	{ "down by 64", 256, { -64 }, 1, 5 },
	{ "down by 65", 258, { -65 }, 1, 4 },
	{ "up by 63", 2, { 63 }, 1, 5 },
	{ "up by 64", 2, { 64 }, 1, 5 },
	{ "up by 65", 1, { 65 }, 1, 4 },
	{ "pairs down", 1, { -1, 3 }, 2, 258 },
	{ "apart", 100, { 63, -64, 127 }, 3, 4 },
	{ "up and down", 64, { 60, -70, 20 }, 3, 27 },
	{ "down and up", 130, { -60, 62, -1 }, 3, 60 },
};

static void write_in_order(struct ctx *c, const struct order *o)
{
	struct guest_op ops[259];
	u64 i, page = o->start;

	for (i = 0; i < o->writes; i++) {
		ops[i] = testslot_op(c->slot, &store_u64, page, 0,
				     rng_u64(&c->rng));
		page += o->jumps[i % o->nr_jumps];
	}
	testvm_run(&c->t, 0, ops, o->writes);
}

/* Whatever the order, each page is protected again by the harvest. */
BASIC_TEST(write_orders, logged)
{
	unsigned int i;

	attach(c, &large);
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		testvm_step(&c->t, "writes %s", orders[i].name);
		write_in_order(c, &orders[i]);
		check_harvest(&c->t);
		testvm_step(&c->t, "every page after writes %s", orders[i].name);
		write_picked(c, pick_every);
		check_harvest(&c->t);
	}
}

/* What the guest wrote is in the memory, and only that. */
BASIC_TEST(contents, logged)
{
	int i;

	attach(c, &large);
	for (i = 0; i < 4; i++) {
		testvm_step(&c->t, "round %d", i);
		do_picked(c, &store_u64, pick_third);
		do_picked(c, &increment_u64, pick_odd);
		check_content(&c->t, true);
		check_harvest(&c->t);
	}
}
