// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctls of the log: which pages a call is about, and what a call that
 * fails leaves alone.
 */
#include <limits.h>

#include "basic.h"

static u64 bitmap_words(u64 npages)
{
	return align_up(npages, 64) / 64;
}

/*
 * What KVM_GET_DIRTY_LOG reports now, against @expected.  Where the log is
 * cleared by hand this changes nothing.
 */
static bool check_log(struct ctx *c, const struct pageset *expected)
{
	struct testslot *s = c->slot;
	u64 i, nr = bitmap_words(s->npages);
	int r;

	memset(s->log, 0xa5, nr * sizeof(*s->log));
	r = log_get(&c->t, s->id, s->log);
	for (i = 0; !r && i < nr && s->log[i] == expected->words[i]; i++)
		;
	if (!r && i == nr)
		return true;
	report_fail("log errno=%d word=%lu expected=%#lx found=%#lx step=\"%s\"",
		    -r, i, i < nr ? expected->words[i] : 0,
		    i < nr ? s->log[i] : 0, c->t.step);
	return false;
}

/* KVM_CLEAR_DIRTY_LOG must return @expected. */
static void clear(struct ctx *c, u64 first, u32 num, void *bitmap, int expected)
{
	int r = log_clear(&c->t, c->slot->id, first, num, bitmap);

	if (r != -expected)
		report_fail("KVM_CLEAR_DIRTY_LOG errno=%d expected=%d step=\"%s\"",
			    -r, expected, c->t.step);
}

/*
 * Calls on a memslot of @npages pages that are all dirty, with a bitmap of all
 * ones.  Ranges are in units of 64 pages, except for the memslot's last few.
 */
static const struct range {
	u64 npages;
	u64 first;
	u32 num;
	int expected;
} ranges[] = {
	{ 70, 0, 70, 0 },
	{ 70, 0, 64, 0 },
	{ 70, 64, 6, 0 },
	{ 70, 0, 0, 0 },
	{ 70, 64, 0, 0 },
	{ 70, 0, 1, EINVAL },
	{ 70, 0, 63, EINVAL },
	{ 70, 0, 65, EINVAL },
	{ 70, 0, 69, EINVAL },
	{ 70, 0, 71, EINVAL },
	{ 70, 0, 128, EINVAL },
	{ 70, 0, UINT_MAX, EINVAL },
	{ 70, 0, UINT_MAX & ~63u, EINVAL },
	{ 70, 1, 64, EINVAL },
	{ 70, 63, 7, EINVAL },
	{ 70, 64, 5, EINVAL },
	{ 70, 64, 7, EINVAL },
	{ 70, 64, 64, EINVAL },
	{ 70, 64, UINT_MAX, EINVAL },
	{ 70, 65, 5, EINVAL },
	{ 70, 70, 0, EINVAL },
	{ 70, 128, 0, EINVAL },
	{ 70, 128, 64, EINVAL },
	{ 70, 70 + 64, 0, EINVAL },
	{ 70, 1ull << 32, 64, EINVAL },
	{ 70, ~0ull & ~63, 0, EINVAL },
	{ 70, ~0ull & ~63, 64, EINVAL },
	{ 70, ~0ull & ~63, 128, EINVAL },
	{ 70, ~0ull & ~63, UINT_MAX, EINVAL },
	{ 70, ~0ull, 1, EINVAL },
	{ 128, 0, 128, 0 },
	{ 128, 0, 64, 0 },
	{ 128, 64, 64, 0 },
	{ 128, 128, 0, 0 },
	{ 128, 0, 127, EINVAL },
	{ 128, 0, 192, EINVAL },
	{ 128, 64, 128, EINVAL },
	{ 128, 128, 64, EINVAL },
	{ 128, 192, 0, EINVAL },
	{ 1, 0, 1, 0 },
	{ 1, 0, 0, 0 },
	{ 1, 0, 2, EINVAL },
	{ 1, 0, 64, EINVAL },
	{ 1, 64, 0, EINVAL },
	{ 63, 0, 63, 0 },
	{ 63, 0, 64, EINVAL },
	{ 64, 0, 64, 0 },
	{ 64, 0, 63, EINVAL },
	{ 64, 64, 0, 0 },
	{ 65, 0, 65, 0 },
	{ 65, 64, 1, 0 },
	{ 65, 64, 2, EINVAL },
};

/*
 * @ones ends where memory ends, and so must what KVM reads; a call that is
 * refused for its range must not have read it at all.
 */
static void try_range(struct ctx *c, const struct range *r, u64 *ones)
{
	u64 words = bitmap_words(r->num), have = bitmap_words(r->npages), page;
	struct pageset dirty;

	testvm_step(&c->t, "npages %lu, clear first=%#lx num=%#x", r->npages,
		    r->first, r->num);
	pageset_init(&dirty, r->npages);
	pageset_fill(&dirty);
	write_picked(c, pick_every);
	check_log(c, &dirty);
	clear(c, r->first, r->num, ones + (words < have ? have - words : 0),
	      r->expected);
	for (page = r->first; !r->expected && page < r->first + r->num; page++)
		pageset_clear(&dirty, page);
	check_log(c, &dirty);
	pageset_free(&dirty);
}

/* Ranges that can be cleared, and ranges that must be refused. */
BASIC_TEST(clear_ranges, clear)
{
	u64 *ones = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];

		if (!i || r->npages != r[-1].npages) {
			attach(c, &(struct layout) { .npages = r->npages });
			ones = logbuf_create(r->npages);
			memset(ones, 0xff, bitmap_words(r->npages) * 8);
		}
		try_range(c, r, ones);
		if (i + 1 < ARRAY_SIZE(ranges) && r->npages == r[1].npages)
			continue;
		write_picked(c, pick_every);
		detach(c);
		logbuf_destroy(ones, r->npages);
	}
}

static const struct layout three_words = { .npages = 140, .gfn = 1 };

/* Write @pages of the memslot, -1 ends them, and add them to @dirty. */
static void write_pages(struct ctx *c, struct pageset *dirty, const s64 *pages)
{
	struct pageset set;

	pageset_init(&set, c->slot->npages);
	for (; *pages >= 0; pages++)
		pageset_set(&set, *pages);
	do_pages(c, &store_u64, &set);
	pageset_or(dirty, &set);
	pageset_free(&set);
}

#define PAGES(...) ((const s64 []) { __VA_ARGS__, -1 })

/* Bit 0 of the caller's bitmap is page first_page. */
BASIC_TEST(clear_words, clear)
{
	u64 bit3[3] = { 8 };
	struct pageset dirty;

	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "clear pages 131 and 67 of 3, 67, 131");
	write_pages(c, &dirty, PAGES(3, 67, 131));
	check_log(c, &dirty);
	clear(c, 128, 12, bit3, 0);
	pageset_clear(&dirty, 131);
	check_log(c, &dirty);
	clear(c, 64, 64, bit3, 0);
	pageset_clear(&dirty, 67);
	check_log(c, &dirty);
	testvm_step(&c->t, "write what was cleared, and what was not");
	write_pages(c, &dirty, PAGES(131));
	check_log(c, &dirty);
	write_pages(c, &dirty, PAGES(3, 67));
	check_harvest(&c->t);
	testvm_step(&c->t, "write page 131 alone");
	write_pages(c, &dirty, PAGES(131));
	check_harvest(&c->t);
	pageset_free(&dirty);
}

/* Bits that are not asked for stay; asking for clean ones changes nothing. */
BASIC_TEST(clear_subset, clear)
{
	u64 all[3] = { ~0ull, ~0ull, ~0ull }, even[3], page;
	struct pageset dirty;

	memset(even, 0x55, sizeof(even));
	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "clear even pages, odd ones are dirty");
	write_picked(c, pick_odd);
	for (page = 1; page < c->slot->npages; page += 2)
		pageset_set(&dirty, page);
	clear(c, 0, 140, even, 0);
	check_log(c, &dirty);
	testvm_step(&c->t, "clear all pages, odd ones are dirty");
	clear(c, 0, 140, all, 0);
	pageset_zero(&dirty);
	check_log(c, &dirty);
	testvm_step(&c->t, "write all, clear even");
	write_picked(c, pick_every);
	clear(c, 0, 140, even, 0);
	for (page = 1; page < c->slot->npages; page += 2)
		pageset_set(&dirty, page);
	check_log(c, &dirty);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	pageset_free(&dirty);
}

/* Where the log is cleared by hand, looking at it changes nothing. */
BASIC_TEST(get_again, clear)
{
	struct pageset dirty;

	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_pages(c, &dirty, PAGES(0, 63, 64, 139));
	check_log(c, &dirty);
	check_log(c, &dirty);
	write_pages(c, &dirty, PAGES(1, 64, 128));
	check_log(c, &dirty);
	check_log(c, &dirty);
	check_harvest(&c->t);
	pageset_zero(&dirty);
	check_log(c, &dirty);
	pageset_free(&dirty);
}

/*
 * Buffers that cannot be written or read.  Neither call may have an effect:
 * the log is cleared by hand.
 */
BASIC_TEST(bad_buffer, clear)
{
	struct pageset dirty;
	int r;

	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_pages(c, &dirty, PAGES(0, 63, 64, 139));
	testvm_step(&c->t, "buffer one word too short");
	memset(c->slot->log, 0xff, bitmap_words(c->slot->npages) * 8);
	clear(c, 0, 140, c->slot->log + 1, EFAULT);
	check_log(c, &dirty);
	r = log_get(&c->t, c->slot->id, c->slot->log + 1);
	if (r != -EFAULT)
		report_fail("KVM_GET_DIRTY_LOG errno=%d expected=EFAULT step=\"%s\"",
			    -r, c->t.step);
	check_log(c, &dirty);
	testvm_step(&c->t, "buffer that is not there");
	clear(c, 64, 76, c->slot->log + 3, EFAULT);
	check_harvest(&c->t);
	pageset_free(&dirty);
}

/*
 * Where KVM_GET_DIRTY_LOG also clears, it does so before it copies, and a copy
 * that fails takes the log with it: kvm_get_dirty_log_protect() in
 * virt/kvm/kvm_main.c, whose comment says as much.  A kernel may do better; what
 * it may not do is stop logging.
 */
BASIC_TEST(bad_buffer_drains, bitmap)
{
	struct oracle *o;
	int r;

	attach(c, &three_words);
	o = &c->slot->oracle;
	write_picked(c, pick_third);
	testvm_step(&c->t, "buffer one word too short");
	r = log_get(&c->t, c->slot->id, c->slot->log + 1);
	if (r != -EFAULT)
		report_fail("KVM_GET_DIRTY_LOG errno=%d expected=EFAULT step=\"%s\"",
			    -r, c->t.step);
	oracle_reset(o);
	allow_picked(c, pick_third);
	write_picked(c, pick_odd);
	check_harvest(&c->t);
	testvm_step(&c->t, "write again");
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/* The first KVM_GET_DIRTY_LOG takes it all, the second finds nothing. */
BASIC_TEST(get_drains, bitmap)
{
	struct pageset dirty;

	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_pages(c, &dirty, PAGES(0, 63, 64, 139));
	check_log(c, &dirty);
	pageset_zero(&dirty);
	check_log(c, &dirty);
	oracle_reset(&c->slot->oracle);
	check_harvest(&c->t);
	write_pages(c, &dirty, PAGES(64, 139));
	check_harvest(&c->t);
	pageset_free(&dirty);
}

/*
 * KVM_CLEAR_DIRTY_LOG may be used where KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 is
 * offered, enabled or not (Documentation/virt/kvm/api.rst).
 */
BASIC_TEST(clear_without_capability, bitmap)
{
	u64 low[3] = { ~0ull, 7, 0 }, page;
	struct pageset dirty;

	if (!kvm_check_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2))
		report_skip("no manual dirty log protect");
	attach(c, &three_words);
	pageset_init(&dirty, c->slot->npages);
	write_picked(c, pick_every);
	clear(c, 0, 140, low, 0);
	for (page = 67; page < c->slot->npages; page++)
		pageset_set(&dirty, page);
	check_log(c, &dirty);
	oracle_reset(&c->slot->oracle);
	write_picked(c, pick_third);
	check_harvest(&c->t);
	pageset_free(&dirty);
}

/*
 * @slot:	which memslot is asked for
 * @limits:	or rather which limit: add this many of KVM's memslot numbers
 *		and address spaces
 */
static const struct nobody {
	const char *what;
	u32 slot, ids, spaces;
	int expected;
} nobodies[] = {
	{ "memslot without log", 0, 0, 0, ENOENT },
	{ "no such memslot", 77, 0, 0, ENOENT },
	{ "last possible memslot", -1, 1, 0, ENOENT },
	{ "past the last memslot", 0, 1, 0, EINVAL },
	{ "far past the last memslot", 0xffff, 0, 0, EINVAL },
	{ "past the last address space", TEST_SLOT, 0, 1, EINVAL },
	{ "far past the last address space", 0xffff0000 + TEST_SLOT, 0, 0, EINVAL },
};

static void ask_nobody(struct ctx *c, const struct nobody *n)
{
	u32 ids = vm_check_cap(c->t.vm, KVM_CAP_NR_MEMSLOTS);
	u32 spaces = vm_check_cap(c->t.vm, KVM_CAP_MULTI_ADDRESS_SPACE) ?: 1;
	u32 slot = n->slot + n->ids * ids + (n->spaces * spaces << 16);
	int expected = log_has_bitmap(&c->t) ? n->expected : ENXIO;
	u64 bitmap[3] = { 1, 1, 1 };
	int get = log_get(&c->t, slot, bitmap);
	int clear = log_clear(&c->t, slot, 0, 64, bitmap);

	if (get != -expected || clear != -expected)
		report_fail("%s slot=%#x get errno=%d clear errno=%d expected=%d",
			    n->what, slot, -get, -clear, expected);
}

/* GET and CLEAR of what has no log; of nothing at all where rings are used. */
BASIC_TEST(log_of_nothing, logged)
{
	unsigned int i;

	attach(c, &three_words);
	write_picked(c, pick_third);
	for (i = 0; i < ARRAY_SIZE(nobodies); i++)
		ask_nobody(c, &nobodies[i]);
	check_harvest(&c->t);
}

/* Rings replace the bitmap: the memslot's own log cannot be asked for. */
BASIC_TEST(no_bitmap, ring)
{
	u64 bitmap[3] = { 1, 1, 1 };
	int get, clear;

	attach(c, &three_words);
	write_picked(c, pick_third);
	get = log_get(&c->t, c->slot->id, bitmap);
	clear = log_clear(&c->t, c->slot->id, 0, 140, bitmap);
	if (get != -ENXIO || clear != -ENXIO)
		report_fail("log of a ring's memslot get errno=%d clear errno=%d expected=ENXIO",
			    -get, -clear);
	check_harvest(&c->t);
}
