// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages, of the guest's page tables and of the host's: what KVM logs is
 * pages of 4K all the same.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "basic.h"
#include "guest_pt.h"

/* A page of each block that is neither its first nor its last. */
#define MIDDLE_PAGE 300

static u64 huge_pages(const struct ctx *c)
{
	return HUGE_BYTES / c->t.page_size;
}

/* The memslot's ends, those of the huge pages in it, and one page of each. */
static bool is_edge(struct ctx *c, u64 page)
{
	u64 in_huge = (c->slot->gfn + page) % huge_pages(c);

	return page == 0 || page == c->slot->npages - 1 || in_huge == 0 ||
	       in_huge == huge_pages(c) - 1 || in_huge == MIDDLE_PAGE;
}

static void touch_edges(struct ctx *c, const struct guest_kind *kind)
{
	u64 page;

	for (page = 0; page < c->slot->npages; page++)
		if (is_edge(c, page))
			touch_again(c, kind, page);
}

static void store_edges(struct ctx *c)
{
	touch_edges(c, &store_u64);
}

/* One harvest for each: one store dirties one page. */
static void store_each_edge(struct ctx *c)
{
	u64 page;

	testvm_steps_in(&c->t);
	for (page = 0; page < c->slot->npages; page++) {
		if (!is_edge(c, page))
			continue;
		testvm_step(&c->t, "page %lu", page);
		touch_again(c, &store_u64, page);
		if (!check_harvest(&c->t))
			break;
	}
	testvm_steps_out(&c->t);
}

/* A huge page and some around it. */
static const struct layout around = { .npages = 518, .gfn = 509 };

BASIC_TEST(guest_huge, bitmap)
{
	int leaf;

	attach(c, &around);
	for (leaf = 2; leaf <= guest_pt_max_leaf(c->t.vm); leaf++) {
		map_again(c, leaf);
		testvm_step(&c->t, "stores through a guest's leaf %d", leaf);
		store_each_edge(c);
		store_edges(c);
		check_harvest(&c->t);
	}
	check_content(&c->t, false);
}

/*
 * A memslot, and what there is of it to map huge.
 *
 * @shift:	its memory is so many pages off the place where it could be
 * @nr_huge:	the huge pages that are in it as a whole
 */
struct huge_case {
	const char *name;
	struct layout l;
	u64 shift;
	s64 nr_huge;
};

/* KVM's count of what it maps, or -1 each where it does not count. */
struct counts {
	s64 huge, small;
};

static struct counts count_mapped(struct ctx *c)
{
	return (struct counts) {
		.huge = testvm_stat(&c->t, "pages_2m"),
		.small = testvm_stat(&c->t, "pages_4k"),
	};
}

/* Of huge pages @lost are gone since @before; a negative number has come. */
static void expect_lost(struct ctx *c, struct counts before, s64 lost)
{
	struct counts now = count_mapped(c);

	if (before.huge >= 0 && before.huge - now.huge != lost)
		report_fail("pages_2m=%ld expected=%ld pages_4k=%ld step=\"%s\"",
			    now.huge, before.huge - lost, now.small, c->t.step);
}

/* When a huge page that is logged is split: the first of these that it can be. */
enum split {
	SPLIT_ENABLED,		/* as logging starts */
	SPLIT_CLEARED,		/* as its pages are cleared in the log */
	SPLIT_WRITTEN,		/* as it is written */
};

static enum split split_when(const struct ctx *c)
{
	if (!mmu_splits_ahead())
		return SPLIT_WRITTEN;
	return c->t.mode->initially_set ? SPLIT_CLEARED : SPLIT_ENABLED;
}

/* What the guest itself runs on: no huge pages may come and go while we count. */
static void keep_small(struct kvm_vm *vm)
{
	struct userspace_mem_region *r = memslot2region(vm, 0);

	madvise(r->host_mem, r->region.memory_size, MADV_NOHUGEPAGE);
}

/* All that the memory is, mapped before it is logged. */
static void attach_huge(struct ctx *c, const struct huge_case *k)
{
	struct testvm *t = &c->t;
	u64 gfn = testvm_window_gfn(t) + k->l.gfn;

	keep_small(t->vm);
	backing_create_at(&c->b, t->subject, t->vm, k->l.npages * t->page_size,
			  (gfn + k->shift) * t->page_size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT, 0, gfn, 0, k->l.npages);
	testvm_steps_anew(t);
	testvm_step(t, "%s", k->name);
	testvm_steps_in(t);
	testvm_step(t, "not logged");
	if (!t->second.size)
		map_again(c, 2);
	store_edges(c);
}

/*
 * Logging starts with every page reported and none protected.  Clear 64 pages
 * that lie in two huge ones or more, write them, and they are reported still.  A
 * range begins with a word of the log: huge pages may be smaller than what that has.
 */
static void clear_across(struct ctx *c)
{
	u64 first = align_up(huge_pages(c), 64), page = first, ones = ~0ull;
	int r;

	if (!c->t.mode->initially_set || c->slot->npages < page + 64)
		return;
	log_collect(c->slot);
	r = log_clear(&c->t, c->slot->id, page, 64, &ones);
	if (r)
		report_fatal("ioctl KVM_CLEAR_DIRTY_LOG failed errno=%d", -r);
	for (; page < first + 64; page++)
		touch_again(c, &store_u64, page);
}

static void start_huge_log(struct ctx *c, const struct huge_case *k)
{
	struct counts before = count_mapped(c);
	enum split when = split_when(c);

	testvm_step(&c->t, "log on");
	set_log(c, true);
	expect_lost(c, before, when == SPLIT_ENABLED ? k->nr_huge : 0);
	clear_across(c);
	check_harvest(&c->t);
	if (when == SPLIT_CLEARED)
		expect_lost(c, before, k->nr_huge);
	store_each_edge(c);
	testvm_step(&c->t, "written");
	expect_lost(c, before, k->nr_huge);
	store_edges(c);
	check_harvest(&c->t);
}

/* What is not mapped again at once is when it is touched. */
static void stop_log(struct ctx *c, const struct huge_case *k)
{
	struct counts before = count_mapped(c);

	testvm_step(&c->t, "log off");
	set_log(c, false);
	store_edges(c);
	expect_lost(c, before, -k->nr_huge);
	check_content(&c->t, false);
}

static void split_and_recover(struct ctx *c, const struct huge_case *k)
{
	int i;

	attach_huge(c, k);
	for (i = 0; i < 2; i++) {
		start_huge_log(c, k);
		stop_log(c, k);
	}
	detach(c);
}

static const struct huge_case two = {
	"two huge pages", { .npages = 1036, .gfn = 507 }, 0, 2
};

/* Logging off: mapped huge.  On: split.  Off again: huge again. */
BASIC_TEST(split_recover, huge)
{
	split_and_recover(c, &two);
	if (count_mapped(c).huge < 0)
		report_note("this KVM does not count huge pages, only their log is checked");
}

static const struct huge_case cases[] = {
	{ "inside of one", { .npages = 300, .gfn = 600 }, 0, 0 },
	{ "from an edge", { .npages = 700, .gfn = 512 }, 0, 1 },
	{ "to an edge", { .npages = 700, .gfn = 836 }, 0, 1 },
	{ "all of one", { .npages = 512, .gfn = 1024 }, 0, 1 },
	{ "memory off by a page", { .npages = 1036, .gfn = 507 }, 1, 0 },
	{ "memory off by half", { .npages = 514, .gfn = 1023 }, 256, 0 },
};

/* Memslots that do not begin, or end, or lie as huge pages do. */
BASIC_TEST(huge_layouts, huge)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases) && !report_failures(); i++)
		split_and_recover(c, &cases[i]);
}

/* In pages of the memslot. */
static const struct hole {
	u64 from, n;
} holes[] = {
	{ 5, 1 },		/* the first page of a huge page */
	{ 300, 100 },		/* inside of one */
	{ 516, 2 },		/* the last page of one, and the first of the next */
	{ 4, 300 },		/* the first part of one, and a page before it */
	{ 400, 400 },		/* the last part of one, the first part of the next */
	{ 5, 512 },		/* one, as it is */
	{ 4, 700 },		/* one and a part of the next */
	{ 0, 1036 },		/* all there is */
};

/* Have a pipe hold @page, as I/O from it does, until the pipe is closed. */
static void hold_page(struct ctx *c, int pipe, u64 page)
{
	struct iovec io = {
		.iov_base = c->b.hva + c->slot->offset + page * c->t.page_size,
		.iov_len = c->t.page_size,
	};

	if (page < c->slot->npages)
		TEST_ASSERT(vmsplice(pipe, &io, 1, 0) == io.iov_len, "vmsplice");
}

/*
 * The pages next to the hole are in use: a huge page cannot be split then, and
 * all of it must stay but for the hole.
 */
static void punch_part(struct ctx *c, const struct hole *h)
{
	int pipes[2];

	TEST_ASSERT(!pipe(pipes), "pipe");
	hold_page(c, pipes[1], h->from - 1);
	hold_page(c, pipes[1], h->from + h->n);
	backing_punch(&c->b, h->from * c->t.page_size, h->n * c->t.page_size);
	close(pipes[0]);
	close(pipes[1]);
}

static void punch_and_touch(struct ctx *c, const struct hole *h)
{
	testvm_step(&c->t, "hole of %lu pages from page %lu on, logged %d", h->n,
		    h->from, c->slot->logged);
	store_edges(c);
	punch_part(c, h);
	check_content(&c->t, false);
	check_harvest(&c->t);
	touch_edges(c, &increment_u64);
	check_harvest(&c->t);
	check_content(&c->t, true);
}

/* Holes of other sizes than huge pages, in memory that is mapped huge or was. */
BASIC_TEST(huge_holes, huge_bitmap)
{
	int i;

	attach_huge(c, &two);
	for (i = 0; i < 2 * ARRAY_SIZE(holes) && !report_failures(); i++) {
		punch_and_touch(c, &holes[i / 2]);
		set_log(c, !c->slot->logged);
	}
}
