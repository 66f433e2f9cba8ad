// SPDX-License-Identifier: GPL-2.0-only
/* Memslots under test, and the buffers for their logs. */
#include <sys/mman.h>

#include "alloc.h"
#include "guest_pt.h"
#include "log_mode.h"
#include "memslot.h"
#include "report.h"

u64 testvm_window_gfn(const struct testvm *t)
{
	return WINDOW_GPA / t->page_size;
}

struct testslot *testvm_next_slot(struct testvm *t, struct testslot *prev,
				  bool logged)
{
	bool passed = !prev;
	int i;

	for (i = 0; i < t->nr_slots; i++) {
		struct testslot *s = t->slots[i];

		if (passed && s && (s->logged || !logged))
			return s;
		if (s == prev)
			passed = true;
	}
	return NULL;
}

struct testslot *testvm_find_slot(struct testvm *t, u32 id)
{
	struct testslot *s;

	testvm_for_each_slot(s, t)
		if (s->id == id)
			return s;
	return NULL;
}

/* --- log buffers -------------------------------------------------------------- */

static u64 logbuf_bytes(u64 npages)
{
	return align_up(npages, 64) / 8;
}

static u64 logbuf_map_bytes(u64 npages)
{
	u64 page = getpagesize();

	return align_up(logbuf_bytes(npages), page) + page;
}

/*
 * KVM copies ALIGN(npages, 64) / 8 bytes and no more (kvm_dirty_bitmap_bytes()
 * in include/linux/kvm_host.h); one byte further and the copy faults.
 */
u64 *logbuf_create(u64 npages)
{
	u64 page = getpagesize(), bytes = logbuf_map_bytes(npages);
	u8 *map = kvm_mmap(bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

	kvm_munmap(map + bytes - page, page);
	return (u64 *)(map + bytes - page - logbuf_bytes(npages));
}

void logbuf_destroy(u64 *log, u64 npages)
{
	u64 page = getpagesize(), bytes = logbuf_map_bytes(npages);
	u8 *end = (u8 *)log + logbuf_bytes(npages);

	kvm_munmap(end - (bytes - page), bytes - page);
}

bool log_has_bitmap(const struct testvm *t)
{
	return !t->mode || !t->mode->rings_only;
}

/* --- coming and going ---------------------------------------------------------- */

/*
 * Mapping takes long when emulated: only what a memslot covers, in units of the
 * larger of the host's and the guest's pages.
 */
static void map_pages(struct testvm *t, u64 gfn, u64 npages)
{
	u64 bytes = max_t(u64, t->page_size, t->vm->page_size), gpa, page;

	if (npages > WINDOW_PAGES) {
		guest_pt_map(t->vm, gfn * t->page_size, gfn * t->page_size,
			     npages * t->page_size, guest_pt_max_leaf(t->vm));
		return;
	}
	for (; npages--; gfn++) {
		if (pageset_test(&t->mapped, gfn - testvm_window_gfn(t)))
			continue;
		gpa = gfn * t->page_size / bytes * bytes;
		virt_map(t->vm, gpa, gpa, bytes / t->vm->page_size);
		page = gpa / t->page_size - testvm_window_gfn(t);
		for (gpa = 0; gpa < bytes; gpa += t->page_size)
			pageset_set(&t->mapped, page++);
	}
}

static struct testslot **free_entry(struct testvm *t)
{
	int i;

	for (i = 0; i < TESTVM_MAX_SLOTS; i++) {
		if (t->slots[i])
			continue;
		t->nr_slots = max(t->nr_slots, i + 1);
		return &t->slots[i];
	}
	report_fatal("more than %d memslots under test", TESTVM_MAX_SLOTS);
}

static void restart_log(struct testslot *s, bool on)
{
	s->logged = on;
	oracle_reset(&s->oracle);
	pageset_zero(&s->unreset);
	pageset_zero(&s->repeats);
	if (on && s->t->mode && s->t->mode->initially_set)
		oracle_written_all(&s->oracle);
}

struct testslot *testvm_add_slot(struct testvm *t, struct backing *b, u32 id,
				 u32 flags, u64 gfn, u64 offset, u64 npages)
{
	u64 bytes = npages * t->page_size;
	struct testslot *s = alloc_zeroed(1, sizeof(*s));
	int r;

	if (!memslot_in_smm(id))
		map_pages(t, gfn, npages);
	r = backing_attach(b, t->vm, id, flags, gfn * t->page_size, offset,
			   bytes);
	if (r)
		report_fatal("memslot refused errno=%d slot=%u flags=%#x gfn=%#lx npages=%lu",
			     -r, id, b->subject->slot_flags | flags, gfn, npages);
	s->t = t;
	s->id = id;
	s->backing = b;
	s->offset = offset;
	s->gfn = gfn;
	s->npages = npages;
	s->log = logbuf_create(npages);
	if (log_has_bitmap(t))
		pageset_borrow(&s->reported, npages, s->log);
	else
		pageset_init(&s->reported, npages);
	pageset_init(&s->backup, npages);
	pageset_init(&s->unreset, npages);
	pageset_init(&s->repeats, npages);
	pageset_init(&s->read, npages);
	pageset_init(&s->taken, npages);
	pageset_init(&s->taken_now, npages);
	pageset_init(&s->before[0], npages);
	pageset_init(&s->before[1], npages);
	oracle_init(&s->oracle, npages);
	restart_log(s, flags & KVM_MEM_LOG_DIRTY_PAGES);
	*free_entry(t) = s;
	return s;
}

void testslot_repeats(struct testslot *s, u64 page)
{
	if (page < s->npages)
		pageset_set(&s->repeats, page);
}

/*
 * Pages of @s, deleted or moved, are mapped no more; on x86 no others either
 * (kvm_arch_flush_shadow_memslot() in arch/x86/kvm/mmu/mmu.c).  Each is entered again
 * when it is touched again.
 */
static void mappings_went(struct testslot *s)
{
#ifdef __x86_64__
	struct testvm *t = s->t;

	testvm_for_each_logged_slot(s, t)
		pageset_fill(&s->repeats);
#else
	pageset_fill(&s->repeats);
#endif
}

void testvm_delete_slot(struct testslot *s)
{
	struct testvm *t = s->t;
	int i, r = memslot_delete(t->vm, s->id);

	if (r)
		report_fatal("memslot cannot be deleted errno=%d slot=%u", -r,
			     s->id);
	mappings_went(s);
	backing_unmapped(s->backing, s->offset, s->npages * t->page_size);
	for (i = 0; i < TESTVM_MAX_SLOTS; i++)
		if (t->slots[i] == s)
			t->slots[i] = NULL;
	pageset_free(&s->reported);
	logbuf_destroy(s->log, s->npages);
	pageset_free(&s->backup);
	pageset_free(&s->unreset);
	pageset_free(&s->repeats);
	pageset_free(&s->read);
	pageset_free(&s->taken);
	pageset_free(&s->taken_now);
	pageset_free(&s->before[0]);
	pageset_free(&s->before[1]);
	oracle_free(&s->oracle);
	free(s);
}

static int set_again(struct testslot *s, u64 gfn, bool log)
{
	u64 page_size = s->t->page_size;

	return backing_attach(s->backing, s->t->vm, s->id,
			      log ? KVM_MEM_LOG_DIRTY_PAGES : 0,
			      gfn * page_size, s->offset,
			      s->npages * page_size);
}

int testslot_set_log(struct testslot *s, bool on)
{
	int r = set_again(s, s->gfn, on);

	if (!r && on != s->logged)
		restart_log(s, on);
	return r;
}

int testslot_move(struct testslot *s, u64 gfn)
{
	int r = set_again(s, gfn, s->logged);

	if (!r) {
		mappings_went(s);
		backing_unmapped(s->backing, s->offset,
				 s->npages * s->t->page_size);
		s->gfn = gfn;
		map_pages(s->t, gfn, s->npages);
	}
	return r;
}

/* --- what KVM has mapped ------------------------------------------------------- */

/* Are the pages of a block of @bytes around @page all in @s, and alike in the host? */
static u64 block_of(const struct testslot *s, u64 page, u64 bytes, u64 *first)
{
	u64 nr = bytes / s->t->page_size, at = align_down(s->gfn + page, nr);
	u64 hva = (u64)s->backing->hva + s->offset;

	if (at < s->gfn || at + nr > s->gfn + s->npages ||
	    (hva / s->t->page_size - s->gfn) % nr)
		return 0;
	*first = at - s->gfn;
	return nr;
}

u64 testslot_block(const struct testslot *s, u64 page, u64 *first)
{
	const struct subject *subject = s->backing->subject;
	u64 nr = 0;

	if (subject == &hugetlb_1g)
		nr = block_of(s, page, GIGANTIC_BYTES, first);
	if (!nr && (subject->huge_pages || subject == &hugetlb_1g))
		nr = block_of(s, page, HUGE_BYTES, first);
	return nr;
}

void testslot_settle(struct testslot *s, u64 page)
{
	u64 at = s->offset / s->t->page_size, nr;

	if (pageset_test(&s->backing->settled, at + page))
		return;
	pageset_set(&s->backing->settled, at + page);
	for (nr = testslot_block(s, page, &page); nr; nr--)
		pageset_set(&s->backing->settled, at + page++);
}

void testslot_read(struct testslot *s, u64 page)
{
	if (!pageset_test(&s->backing->settled, s->offset / s->t->page_size + page))
		pageset_set(&s->read, page);
}
