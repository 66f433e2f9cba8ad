// SPDX-License-Identifier: GPL-2.0-only
/*
 * What VMMs do with a log, and what went wrong in theirs: memory in several memslots,
 * diffs that fail and are taken again, migrations given up or in a row, holes.
 *
 * An image is given what the log reported, and what a VMM knows by itself, and nothing
 * else; then it must equal the memory.
 */
#include "basic.h"
#include "image.h"

/* As a PC has its memory, below and above its devices.  Neither part fills its last word. */
#define NR_PARTS 2

static const struct layout parts[NR_PARTS] = {
	{ .npages = 200, .gfn = 1 },
	{ .npages = 131, .gfn = 601, .offset = 200 },
};

/*
 * @slots:	the memory
 * @images:	what has been saved of it
 * @drained:	the pages that harvests have told of and that are not saved yet
 * @saved:	the pages that have been saved at all
 */
struct vmm {
	struct testslot *slots[NR_PARTS];
	struct image images[NR_PARTS];
	struct pageset drained[NR_PARTS], saved[NR_PARTS];
};

static void *memory_of(const struct testslot *s)
{
	return s->backing->hva + s->offset;
}

static void attach_parts(struct ctx *c, struct vmm *v)
{
	int i;

	backing_create(&c->b, c->t.subject, c->t.vm,
		       (parts[0].npages + parts[1].npages) * c->t.page_size);
	for (i = 0; i < NR_PARTS; i++)
		v->slots[i] = add_slot(c, TEST_SLOT + i, &parts[i]);
	c->slot = v->slots[0];
}

/* What a finding of this kernel explains is lost for the image as well: it is not judged. */
static void drain(struct ctx *c, struct vmm *v)
{
	int i;

	check_harvest(&c->t);
	for (i = 0; i < NR_PARTS; i++) {
		pageset_or(&v->drained[i], &v->slots[i]->reported);
		pageset_or(&v->drained[i], &v->slots[i]->taken_now);
	}
}

static void save_diff(struct ctx *c, struct vmm *v)
{
	int i;

	drain(c, v);
	for (i = 0; i < NR_PARTS; i++) {
		image_copy(&v->images[i], memory_of(v->slots[i]), &v->drained[i]);
		pageset_or(&v->saved[i], &v->drained[i]);
		pageset_zero(&v->drained[i]);
	}
}

/* A full snapshot: all of the memory, and the log begins anew. */
static void save_all(struct ctx *c, struct vmm *v)
{
	int i;

	check_harvest(&c->t);
	for (i = 0; i < NR_PARTS; i++) {
		image_copy_all(&v->images[i], memory_of(v->slots[i]));
		pageset_fill(&v->saved[i]);
	}
}

static void begin(struct ctx *c, struct vmm *v)
{
	int i;

	for (i = 0; i < NR_PARTS; i++) {
		image_init(&v->images[i], parts[i].npages, c->t.page_size);
		pageset_init(&v->drained[i], parts[i].npages);
		pageset_init(&v->saved[i], parts[i].npages);
	}
	attach_parts(c, v);
	/* A log that begins with every page set says so first. */
	save_diff(c, v);
}

static void check_images(struct ctx *c, struct vmm *v)
{
	u64 page;
	int i;

	for (i = 0; i < NR_PARTS; i++) {
		page = image_differs(&v->images[i], memory_of(v->slots[i]));
		if (page < parts[i].npages)
			report_fail("image page=%lu slot=%u differs from the memory step=\"%s\"",
				    page, v->slots[i]->id, c->t.step);
	}
	check_content(&c->t, true);
}

static void delete_parts(struct ctx *c, struct vmm *v)
{
	int i;

	for (i = 0; i < NR_PARTS; i++)
		testvm_delete_slot(v->slots[i]);
	backing_destroy(&c->b);
	c->slot = NULL;
}

static void end(struct ctx *c, struct vmm *v)
{
	int i;

	check_images(c, v);
	delete_parts(c, v);
	for (i = 0; i < NR_PARTS; i++) {
		image_free(&v->images[i]);
		pageset_free(&v->drained[i]);
		pageset_free(&v->saved[i]);
	}
}

static bool pick_head(u64 page, u64 npages)
{
	return page < 3;
}

/*
 * A VMM that writes diffs of two memslots into one file lost its place where the first
 * one's tail was clean; another one's full snapshots left the log as it was.
 */
BASIC_TEST(vmm_memslots, typical)
{
	struct vmm v;

	begin(c, &v);
	testvm_step(&c->t, "the tail of the first memslot is clean");
	write_in(c, v.slots[0], pick_head);
	write_in(c, v.slots[1], pick_ends);
	save_diff(c, &v);
	check_images(c, &v);
	testvm_step(&c->t, "the second memslot is clean");
	write_in(c, v.slots[0], pick_last);
	save_diff(c, &v);
	check_images(c, &v);
	testvm_step(&c->t, "the first memslot is clean");
	write_in(c, v.slots[1], pick_head);
	save_diff(c, &v);
	check_images(c, &v);
	testvm_step(&c->t, "a diff after a full snapshot");
	write_in(c, v.slots[0], pick_third);
	write_in(c, v.slots[1], pick_ends);
	save_all(c, &v);
	write_in(c, v.slots[1], pick_third);
	save_diff(c, &v);
	end(c, &v);
}

/*
 * The harvest has drained the log, and then the disk is full.  What was drained is the
 * VMM's to keep: the next diff needs both.
 */
BASIC_TEST(vmm_diff_fails, typical)
{
	struct vmm v;

	begin(c, &v);
	testvm_step(&c->t, "a diff that is not written");
	write_in(c, v.slots[0], pick_third);
	write_in(c, v.slots[1], pick_ends);
	drain(c, &v);
	testvm_step(&c->t, "the next one");
	write_in(c, v.slots[0], pick_ends);
	write_in(c, v.slots[1], pick_third);
	save_diff(c, &v);
	end(c, &v);
}

static void log_parts(struct ctx *c, struct vmm *v, bool on)
{
	int i;

	for (i = 0; i < NR_PARTS; i++) {
		c->slot = v->slots[i];
		set_log(c, on);
	}
}

/*
 * A migration is given up and begins anew.  A VMM that kept its log on, or believed the
 * first attempt's, sent too little.
 */
BASIC_TEST(vmm_attempts, typical)
{
	struct vmm v;

	begin(c, &v);
	testvm_step(&c->t, "first attempt");
	write_in(c, v.slots[0], pick_third);
	save_diff(c, &v);
	write_in(c, v.slots[1], pick_third);
	testvm_step(&c->t, "given up");
	log_parts(c, &v, false);
	write_in(c, v.slots[0], pick_odd);
	write_in(c, v.slots[1], pick_ends);
	testvm_step(&c->t, "second attempt");
	log_parts(c, &v, true);
	save_all(c, &v);
	write_in(c, v.slots[0], pick_ends);
	write_in(c, v.slots[1], pick_third);
	save_diff(c, &v);
	end(c, &v);
}

static void punch(struct ctx *c, struct vmm *v, int part, u64 page)
{
	u64 size = c->t.page_size;

	backing_punch(&c->b, v->slots[part]->offset + page * size, size);
	memset(v->images[part].bytes + page * size, 0, size);
}

/* A balloon takes pages between two diffs.  No log tells of that: the VMM does it itself. */
BASIC_TEST(vmm_holes, typical)
{
	static const u64 holes[] = { 0, 3, 63, 64, 130 };
	struct vmm v;
	u32 i;

	begin(c, &v);
	testvm_step(&c->t, "written");
	write_in(c, v.slots[0], pick_third);
	write_in(c, v.slots[1], pick_ends);
	save_diff(c, &v);
	testvm_step(&c->t, "holes");
	write_in(c, v.slots[0], pick_head);
	for (i = 0; i < NR_PARTS * ARRAY_SIZE(holes); i++)
		punch(c, &v, i % NR_PARTS, holes[i / NR_PARTS]);
	testvm_step(&c->t, "holes are written");
	write_in(c, v.slots[1], pick_ends);
	save_diff(c, &v);
	end(c, &v);
}

/*
 * Another VM, whose log is on from the start, gets the pages that were saved.  All others
 * it does not have yet: a VMM that took what is there for what was written lost pages from
 * one snapshot to the next.
 */
static void go_on_in_new_vm(struct ctx *c, struct vmm *v)
{
	u64 page, size = c->t.page_size;
	int i;

	check_images(c, v);
	delete_parts(c, v);
	testvm_destroy(&c->t);
	testvm_create(&c->t, c->subject, c->mode, 1);
	attach_parts(c, v);
	for (i = 0; i < NR_PARTS; i++) {
		c->slot = v->slots[i];
		pageset_for_each(page, &v->saved[i])
			host_puts(c, page, 0, v->images[i].bytes + page * size, size);
	}
}

/* From one host to a second, a third and so on: each log tells what is new. */
BASIC_TEST(vmm_chain, typical)
{
	static const pick_fn picks[] = { pick_head, pick_third, pick_ends, pick_odd };
	struct vmm v;
	u32 i;

	begin(c, &v);
	for (i = 0; i < ARRAY_SIZE(picks); i++) {
		testvm_step(&c->t, "host %u", i + 1);
		write_in(c, v.slots[i % NR_PARTS], picks[i]);
		write_in(c, v.slots[1 - i % NR_PARTS], pick_last);
		save_diff(c, &v);
		go_on_in_new_vm(c, &v);
	}
	save_diff(c, &v);
	end(c, &v);
}
