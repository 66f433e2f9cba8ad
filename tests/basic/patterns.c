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

void basic_every_page(struct ctx *c)
{
	write_in_layouts(c, pick_every);
}

void basic_third_page(struct ctx *c)
{
	write_in_layouts(c, pick_third);
}

void basic_first_and_last_page(struct ctx *c)
{
	write_in_layouts(c, pick_ends);
}

void basic_tail_word(struct ctx *c)
{
	write_in_layouts(c, pick_last);
}

void basic_single_page(struct ctx *c)
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
void basic_rewrite(struct ctx *c)
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

/* What the guest wrote is in the memory, and only that. */
void basic_contents(struct ctx *c)
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
