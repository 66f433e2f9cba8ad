// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memslots up to KVM's own limits, as many of them as KVM has, many vCPUs.
 *
 * Few pages are touched, those where a number of too few bits ends.
 */
#include "basic.h"
#include "procfs.h"

struct scale_options scale_options = {
	.slots = 1024,
	.vcpus = 16,
	.bitmap_pages = 1 << 28 | 131,
};

/* KVM_MEM_MAX_NR_PAGES in include/linux/kvm_host.h. */
#define MAX_PAGES ((1ull << 31) - 1)
/* What can be mapped twice where addresses have 47 bits. */
#define MAX_BYTES BIT_ULL(45)
/* Entries that fit into a ring of any size here, without filling it. */
#define RING_ROOM 1000

static void create_vm(struct ctx *c, int nr_vcpus)
{
	testvm_create_shape(&c->t, c->subject, c->mode, nr_vcpus,
			    testvm_arch_large_shape(c->subject));
}

static u64 memory_used(void)
{
	u64 bytes = procfs_field_bytes("/proc/self/status", "RssAnon");

	TEST_ASSERT(bytes, "/proc/self/status has no RssAnon");
	return bytes;
}

/* What the memslot's log takes: KVM's two bitmaps, and the buffer for one. */
static u64 log_bytes(struct ctx *c, u64 npages)
{
	u64 bitmaps = log_has_bitmap(&c->t) ? 3 * npages / 8 : 0;

	return bitmaps + npages * mmu_bytes_per_page();
}

/* Why a memslot of @npages cannot be had here, or NULL. */
static const char *too_large(struct ctx *c, const struct layout *l)
{
	u64 bytes = (l->gfn + l->npages) * c->t.page_size;

	if (WINDOW_GPA + bytes > (c->t.vm->max_gfn + 1) * c->t.vm->page_size)
		return "the guest has no such addresses";
	if (bytes > MAX_BYTES)
		return "this process has no such addresses";
	if (log_has_bitmap(&c->t) && l->npages > scale_options.bitmap_pages)
		return "its bitmap takes long, see --bitmap-pages";
	if (log_bytes(c, l->npages) > procfs_field_bytes("/proc/meminfo", "MemAvailable") / 2)
		return "too little memory for KVM's part";
	return NULL;
}

static void add_page(struct pageset *set, u64 page)
{
	if (page < set->npages)
		pageset_set(set, page);
}

/*
 * Every power of two and its neighbours: there end bytes, words, groups of
 * words, pages of the bitmap, and offsets of 31, 32 and 40 bits.  The same from
 * the end.
 */
static void pick_boundaries(struct pageset *set)
{
	u64 n;

	add_page(set, 0);
	for (n = 1; n <= set->npages; n *= 2) {
		add_page(set, n - 1);
		add_page(set, n);
		add_page(set, n + 1);
		add_page(set, set->npages - n);
	}
	add_page(set, set->npages / 64 * 64);
	add_page(set, set->npages / 64 * 64 - 1);
}

/* Every second member of @set, from member @first on. */
static void pick_half(struct pageset *half, const struct pageset *set, u64 first)
{
	u64 page, i = first;

	pageset_zero(half);
	pageset_for_each(page, set)
		if (i++ % 2)
			pageset_set(half, page);
}

/*
 * Half a byte of sets for each page of the memslot, and for each page written
 * itself, its expected contents, and a page of every set at most.
 */
#define SETS_PER_PAGE 16

static void check_memory_use(struct ctx *c, u64 before)
{
	u64 used = memory_used() - before;
	u64 npages = c->slot->npages;
	u64 written = pageset_count(&c->b.written);

	printf("# %lu pages, %lu written: %lu KiB, %.3f bytes a page\n", npages,
	       written, used >> 10, (double)used / npages);
	if (used > npages / 2 + written * SETS_PER_PAGE * c->t.page_size)
		report_fail("suite takes %lu bytes for %lu pages, %lu of them written",
			    used, npages, written);
}

static void write_and_harvest(struct ctx *c, const struct pageset *set,
			      const char *what)
{
	testvm_step(&c->t, "npages %lu: %s", c->slot->npages, what);
	do_pages(c, &store_u64, set);
	check_harvest(&c->t);
}

/* Write, rewrite half, and neither is told twice. */
static void try_slot(struct ctx *c, const struct layout *l)
{
	u64 before = memory_used();
	struct pageset all, half;

	attach(c, l);
	pageset_init(&all, l->npages);
	pageset_init(&half, l->npages);
	pick_boundaries(&all);
	pick_half(&half, &all, 0);
	write_and_harvest(c, &all, "every boundary");
	write_and_harvest(c, &half, "every second boundary");
	pick_half(&half, &all, 1);
	write_and_harvest(c, &half, "the others");
	check_memory_use(c, before);
	detach(c);
	pageset_free(&all);
	pageset_free(&half);
}

/* False when it cannot be had here. */
static bool try_size(struct ctx *c, u64 npages)
{
	const struct layout l = { .npages = npages, .gfn = 1, .offset = 3 };
	const char *why = too_large(c, &l);

	if (why)
		printf("# no memslot of %lu pages: %s\n", npages, why);
	else
		try_slot(c, &l);
	return !why;
}

/* From 1 GiB to as many pages as KVM allows; the last word is not full. */
BASIC_TEST(large_slots, scale)
{
	static const u64 sizes[] = { 1ull << 30, 1ull << 36, 1ull << 40 };
	unsigned int i, tried = 0;

	create_vm(c, 1);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		tried += try_size(c, sizes[i] / c->t.page_size + 3);
	tried += try_size(c, MAX_PAGES);
	if (!tried)
		report_skip("too little memory or address space");
}

/* One page more than KVM allows. */
BASIC_TEST(too_large_slot, scale)
{
	struct kvm_userspace_memory_region2 r;
	int e;

	if ((MAX_PAGES + 1) * getpagesize() > MAX_BYTES)
		report_skip("too little memory or address space");
	create_vm(c, 1);
	backing_create(&c->b, c->subject, c->t.vm, (MAX_PAGES + 1) * c->t.page_size);
	r = backing_region(&c->b, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES, WINDOW_GPA,
			   0, c->b.size);
	e = memslot_set(c->t.vm, &r);
	if (e != -EINVAL)
		report_fail("a memslot of 2^31 pages errno=%d expected=%d", -e, EINVAL);
	backing_destroy(&c->b);
}

static void clear_word(struct ctx *c, u64 first)
{
	u64 ones = ~0ull, left = c->slot->npages - first;
	int r = log_clear(&c->t, TEST_SLOT, first, min_t(u64, 64, left), &ones);

	if (r)
		report_fail("KVM_CLEAR_DIRTY_LOG errno=%d first=%lu", -r, first);
}

/*
 * KVM_CLEAR_DIRTY_LOG of single words near and far, one page dirty in each: what
 * is cleared is tracked again, what is not stays reported.
 */
BASIC_TEST(large_clear, scale_clear)
{
	const struct layout l = { .npages = (1ull << 40) / getpagesize() + 131 };
	struct pageset all, kept;
	u64 page;

	create_vm(c, 1);
	if (too_large(c, &l))
		report_skip("too little memory or address space");
	attach(c, &l);
	pageset_init(&all, l.npages);
	pageset_init(&kept, l.npages);
	for (page = 64; page < l.npages; page *= 2)
		pageset_set(&all, page);
	pageset_set(&all, l.npages - 1);
	pick_half(&kept, &all, 0);
	testvm_step(&c->t, "every second word cleared");
	do_pages(c, &store_u64, &all);
	pageset_for_each(page, &all)
		if (!pageset_test(&kept, page))
			clear_word(c, page / 64 * 64);
	oracle_reset(&c->slot->oracle);
	pageset_for_each(page, &kept)
		oracle_written(&c->slot->oracle, page);
	check_harvest(&c->t);
	write_and_harvest(c, &all, "every page again");
	pageset_free(&all);
	pageset_free(&kept);
}

/* --- a page of 1G --------------------------------------------------------------- */

/* Where KVM counts what it maps. */
static void expect_1g(struct ctx *c, s64 expected)
{
	s64 n = testvm_stat(&c->t, "pages_1g");

	if (n >= 0 && n != expected)
		report_fail("pages_1g=%ld expected=%ld step=\"%s\"", n, expected,
			    c->t.step);
}

static void attach_1g(struct ctx *c)
{
	backing_create_at(&c->b, &hugetlb_1g, c->t.vm, GIGANTIC_BYTES, WINDOW_GPA);
	c->slot = testvm_add_slot(&c->t, &c->b, TEST_SLOT, 0,
				  testvm_window_gfn(&c->t), 0,
				  GIGANTIC_BYTES / c->t.page_size);
}

/* Logging off: mapped as one page.  On: split, and exact by 4K. */
BASIC_TEST(huge_1g, gigantic)
{
	const char *why = hugetlb_1g.unsupported();
	struct pageset all, half;
	int i;

	if (why)
		report_skip(why);
	create_vm(c, 1);
	attach_1g(c);
	pageset_init(&all, c->slot->npages);
	pageset_init(&half, c->slot->npages);
	pick_boundaries(&all);
	for (i = 0; i < 2; i++) {
		testvm_step(&c->t, "1G page, not logged");
		do_pages(c, &store_u64, &all);
		expect_1g(c, 1);
		testvm_step(&c->t, "1G page, log on");
		set_log(c, true);
		check_harvest(&c->t);
		expect_1g(c, !mmu_splits_ahead());
		pick_half(&half, &all, i);
		write_and_harvest(c, &half, "every second boundary");
		expect_1g(c, 0);
		write_and_harvest(c, &all, "every boundary");
		testvm_step(&c->t, "1G page, log off");
		set_log(c, false);
	}
	pageset_free(&all);
	pageset_free(&half);
}

/* --- as many memslots as KVM has ------------------------------------------------- */

/*
 * Memslots of one page each, too many to be judged one by one: the sets here
 * are of memslots.
 *
 * @nr:		how many
 * @highest:	the largest number of a memslot; they count down from there
 */
struct crowd {
	struct ctx *c;
	u64 nr, highest;
	struct pageset wrote, seen;
};

static u32 crowd_id(const struct crowd *w, u64 i)
{
	return w->highest - i * w->highest / w->nr;
}

/* From the end of the file to its start. */
static u64 crowd_offset(const struct crowd *w, u64 i)
{
	return (w->nr - 1 - i) * w->c->t.page_size;
}

static u64 crowd_gpa(const struct crowd *w, u64 i)
{
	return WINDOW_GPA + i * w->c->t.page_size;
}

static void crowd_attach(struct crowd *w)
{
	struct ctx *c = w->c;
	u64 i;
	int r;

	for (i = 0; i < w->nr; i++) {
		r = backing_attach(&c->b, c->t.vm, crowd_id(w, i),
				   KVM_MEM_LOG_DIRTY_PAGES, crowd_gpa(w, i),
				   crowd_offset(w, i), c->t.page_size);
		if (r)
			report_fatal("memslot %lu of %lu refused errno=%d slot=%u",
				     i, w->nr, -r, crowd_id(w, i));
	}
}

static void crowd_write(struct crowd *w, u64 val)
{
	struct guest_op op = { .kind = &store_u64 };
	u64 i;

	pageset_for_each(i, &w->wrote) {
		op.gva = crowd_gpa(w, i);
		op.val = val + i;
		testvm_run(&w->c->t, 0, &op, 1);
	}
	w->c->t.nr_ops = 0;
}

static void crowd_read_bitmaps(struct crowd *w)
{
	bool clear = w->c->t.mode != &log_modes[0];
	u64 i, word;
	int r;

	for (i = 0; i < w->nr; i++) {
		word = ~0ull;
		r = log_get(&w->c->t, crowd_id(w, i), &word);
		if (r || word > 1)
			report_fatal("KVM_GET_DIRTY_LOG errno=%d slot=%u bits=%#lx",
				     -r, crowd_id(w, i), word);
		if (!word)
			continue;
		pageset_set(&w->seen, i);
		r = clear ? log_clear(&w->c->t, crowd_id(w, i), 0, 1, &word) : 0;
		if (r)
			report_fatal("KVM_CLEAR_DIRTY_LOG errno=%d slot=%u", -r,
				     crowd_id(w, i));
	}
}

/* The memslot that has the number @id, or nr. */
static u64 crowd_find(const struct crowd *w, u32 id)
{
	u64 i = (w->highest - id) * w->nr / w->highest;

	while (i < w->nr && crowd_id(w, i) > id)
		i++;
	return i < w->nr && crowd_id(w, i) == id ? i : w->nr;
}

static void crowd_read_rings(struct crowd *w)
{
	struct kvm_vcpu *vcpu = w->c->t.vcpus[0];
	struct kvm_dirty_gfn *e;
	u32 n = 0, reset;

	for (; (e = ring_entry(vcpu, 0)); n++) {
		u64 i = crowd_find(w, e->slot);

		if (i >= w->nr || e->offset)
			report_fatal("stray ring entry slot=%#x offset=%llu",
				     e->slot, e->offset);
		pageset_set(&w->seen, i);
		ring_consume(vcpu, e);
	}
	reset = kvm_vm_reset_dirty_ring(w->c->t.vm);
	if (reset != n)
		report_fail("ring reset=%u entries, collected=%u", reset, n);
}

static void crowd_check(struct crowd *w, u64 val)
{
	struct pageset differ;
	u64 i, nr;

	pageset_zero(&w->seen);
	if (log_has_bitmap(&w->c->t))
		crowd_read_bitmaps(w);
	else
		crowd_read_rings(w);
	pageset_init(&differ, w->nr);
	nr = pageset_andnot(&differ, &w->wrote, &w->seen);
	if (nr)
		report_fail("lost in %lu memslots, the first is slot=%u step=\"%s\"",
			    nr, crowd_id(w, pageset_next(&differ, 0)), w->c->t.step);
	nr = pageset_andnot(&differ, &w->seen, &w->wrote);
	if (nr)
		report_fail("spurious in %lu memslots, the first is slot=%u step=\"%s\"",
			    nr, crowd_id(w, pageset_next(&differ, 0)), w->c->t.step);
	pageset_free(&differ);
	pageset_for_each(i, &w->wrote) {
		u64 found = *(u64 *)(w->c->b.hva + crowd_offset(w, i));

		if (found != val + i)
			report_fail("content slot=%u expected=%#lx found=%#lx step=\"%s\"",
				    crowd_id(w, i), val + i, found, w->c->t.step);
	}
}

static void crowd_round(struct crowd *w, u64 first, u64 stride)
{
	u64 i;

	testvm_step(&w->c->t, "%lu memslots, from %lu on every %lu", w->nr, first,
		    stride);
	pageset_zero(&w->wrote);
	for (i = first; i < w->nr; i += stride)
		pageset_set(&w->wrote, i);
	pageset_set(&w->wrote, w->nr - 1);
	crowd_write(w, first << 32);
	crowd_check(w, first << 32);
}

/* --slots: how many; all that KVM has takes a while. */
BASIC_TEST(most_slots, scale)
{
	struct crowd w = { .c = c };
	u64 stride;

	create_vm(c, 1);
	w.highest = vm_check_cap(c->t.vm, KVM_CAP_NR_MEMSLOTS) - 1;
	w.nr = min_t(u64, scale_options.slots, w.highest);
	stride = w.nr / RING_ROOM + 2;
	backing_create(&c->b, c->subject, c->t.vm, w.nr * c->t.page_size);
	guest_pt_map(c->t.vm, WINDOW_GPA, WINDOW_GPA, c->b.size,
		     guest_pt_max_leaf(c->t.vm));
	pageset_init(&w.wrote, w.nr);
	pageset_init(&w.seen, w.nr);
	crowd_attach(&w);
	crowd_round(&w, 0, stride);
	crowd_round(&w, 1, stride);
	crowd_round(&w, 1, stride);
	pageset_free(&w.wrote);
	pageset_free(&w.seen);
	kvm_vm_free(c->t.vm);
	backing_destroy(&c->b);
	c->t.vm = NULL;
}

/* --- many vCPUs ------------------------------------------------------------------ */

/* Pages that each vCPU writes, one in every part of the memslot. */
#define PAGES_EACH 5

static void write_own(struct ctx *c, int vcpu, int nr_pages)
{
	struct guest_op ops[PAGES_EACH];
	int i;

	for (i = 0; i < nr_pages; i++)
		ops[i] = testslot_op(c->slot, &store_u64, i * c->t.nr_vcpus + vcpu,
				     8 * vcpu % c->t.page_size, rng_u64(&c->rng));
	testvm_run(&c->t, vcpu, ops, nr_pages);
}

/* What a vCPU wrote is in its own ring. */
static void check_crowd_rings(struct ctx *c, struct pageset *rings)
{
	int i;

	for (i = 0; i < c->t.nr_vcpus; i++) {
		u64 page;

		pageset_for_each(page, &rings[i])
			if (page % c->t.nr_vcpus != i)
				report_fail("ring of another vCPU page=%lu ring=%d step=\"%s\"",
					    page, i, c->t.step);
		if (!pageset_count(&rings[i]))
			report_fail("nothing in ring=%d harvest=%lu", i,
				    c->t.nr_harvests - 1);
		pageset_zero(&rings[i]);
	}
}

/* --vcpus: how many.  Each writes pages of its own, one vCPU after the other. */
BASIC_TEST(many_vcpus, scale)
{
	u64 most = kvm_check_cap(KVM_CAP_MAX_VCPUS);
	int nr = min_t(u64, scale_options.vcpus, most), i, round;
	struct pageset rings[TESTVM_MAX_VCPUS];

	create_vm(c, nr);
	attach(c, &(struct layout) { .npages = nr * PAGES_EACH, .gfn = 1 });
	for (i = 0; i < nr; i++)
		pageset_init(&rings[i], c->slot->npages);
	if (c->t.vm->dirty_ring_size)
		c->slot->by_vcpu = rings;
	for (round = 1; round <= 3; round++) {
		testvm_step(&c->t, "%d vCPUs, %d pages each", nr, 2 * round - 1);
		for (i = 0; i < nr; i++)
			write_own(c, i, 2 * round - 1);
		check_harvest(&c->t);
		if (c->slot->by_vcpu)
			check_crowd_rings(c, rings);
	}
	c->slot->by_vcpu = NULL;
	for (i = 0; i < nr; i++)
		pageset_free(&rings[i]);
}
