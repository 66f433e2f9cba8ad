// SPDX-License-Identifier: GPL-2.0-only
/* Log modes: the ways KVM hands out its dirty log. */
#include <signal.h>
#include <sys/mman.h>

#include "harvest.h"
#include "options.h"
#include "report.h"
#include "words.h"

/*
 * KVM keeps up to 64 entries (and, with PML, 512 more) in reserve: see
 * kvm_dirty_ring_get_rsvd_entries() in virt/kvm/dirty_ring.c.
 */
#define RING_ENTRIES 4096

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

void (*log_ioctl)(bool begins);

/* An ioctl of the log, as whoever measures it sees it.  Returns 0 or -errno. */
static int measured_ioctl(struct testvm *t, unsigned long cmd, void *arg)
{
	int r;

	if (log_ioctl)
		log_ioctl(true);
	errno = 0;
	r = ioctl(t->vm->fd, cmd, arg);
	if (log_ioctl)
		log_ioctl(false);
	return r < 0 ? -errno : r;
}

int log_get(struct testvm *t, u32 slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return measured_ioctl(t, KVM_GET_DIRTY_LOG, &log);
}

int log_clear(struct testvm *t, u32 slot, u64 first, u32 num, void *bitmap)
{
	struct kvm_clear_dirty_log clear = {
		.slot = slot,
		.num_pages = num,
		.first_page = first,
		.dirty_bitmap = bitmap,
	};

	return measured_ioctl(t, KVM_CLEAR_DIRTY_LOG, &clear);
}

bool log_has_bitmap(const struct testvm *t)
{
	return !t->mode || !t->mode->rings_only;
}

/* GET_DIRTY_LOG must write every word it owns: start from a pattern. */
static void get_dirty_log(struct testslot *s)
{
	int r;

	words_fill(s->log, 0xa5a5a5a5a5a5a5a5, logbuf_bytes(s->npages) / 8);
	r = log_get(s->t, s->id, s->log);
	if (r)
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d slot=%u",
			     -r, s->id);
}

/* The set is what KVM wrote; bits past the last page belong to nobody. */
static void take_bitmap(struct testslot *s)
{
	u64 extra = pageset_survey(&s->reported);

	if (extra)
		report_fail("tail bits=%#lx set slot=%u npages=%lu harvest=%lu",
			    extra, s->id, s->npages, s->t->nr_harvests);
}

void log_collect(struct testslot *s)
{
	get_dirty_log(s);
	take_bitmap(s);
}

static void bitmap_collect(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t)
		log_collect(s);
}

static const char *clear_unsupported(struct kvm_vm *vm)
{
	if (kvm_check_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) &
	    KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		return NULL;
	return "no manual dirty log protect";
}

static void clear_enable(struct kvm_vm *vm)
{
	vm_enable_cap(vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		      KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
}

static const char *initset_unsupported(struct kvm_vm *vm)
{
	if (kvm_check_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) &
	    KVM_DIRTY_LOG_INITIALLY_SET)
		return NULL;
	return "no initially set dirty log";
}

static void initset_enable(struct kvm_vm *vm)
{
	vm_enable_cap(vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		      KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
		      KVM_DIRTY_LOG_INITIALLY_SET);
}

/* Clear pages [@first, @first + @nr) of what the last GET_DIRTY_LOG reported. */
static void clear_dirty_log(struct testslot *s, u64 first, u32 nr)
{
	int r = log_clear(s->t, s->id, first, nr, s->log + first / 64);

	if (r)
		report_fatal("ioctl KVM_CLEAR_DIRTY_LOG failed errno=%d slot=%u first=%lu pages=%u",
			     -r, s->id, first, nr);
}

static void clear_collect(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t) {
		log_collect(s);
		clear_dirty_log(s, 0, s->npages);
	}
}

/* The last piece may be shorter than a word, no other. */
static void clear_pieces_collect(struct testvm *t)
{
	struct testslot *s;
	u64 first;

	testvm_for_each_logged_slot(s, t) {
		log_collect(s);
		for (first = align_up(s->npages, 64); first; first -= 64)
			clear_dirty_log(s, first - 64,
					min_t(u64, 64, s->npages - (first - 64)));
	}
}

static const char *ring_unsupported(struct kvm_vm *vm)
{
	if (kvm_has_cap(KVM_CAP_DIRTY_LOG_RING) ||
	    kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL))
		return NULL;
	return "no dirty ring";
}

static void ring_enable(struct kvm_vm *vm)
{
	vm_enable_dirty_ring(vm, RING_ENTRIES * sizeof(struct kvm_dirty_gfn));
}

static u32 ring_cap(void)
{
	return kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL) ?
		KVM_CAP_DIRTY_LOG_RING_ACQ_REL : KVM_CAP_DIRTY_LOG_RING;
}

/* A ring is a page at least: one of 64K is as large as the others here. */
static const char *ring_small_unsupported(struct kvm_vm *vm)
{
	if (getpagesize() >= RING_ENTRIES * sizeof(struct kvm_dirty_gfn))
		return "no smaller ring with this page size";
	return ring_unsupported(vm);
}

/* The smallest ring KVM takes: full after a few pages, and wrapping often. */
static void ring_small_enable(struct kvm_vm *vm)
{
	u32 bytes;

	for (bytes = getpagesize(); bytes <= 1u << 20; bytes *= 2) {
		if (!__vm_enable_cap(vm, ring_cap(), bytes)) {
			vm->dirty_ring_size = bytes;
			return;
		}
	}
	report_fatal("no dirty ring of up to 1 MiB can be enabled errno=%d", errno);
}

static const char *ring_bitmap_unsupported(struct kvm_vm *vm)
{
	return kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP) ?
		NULL : "no dirty ring with bitmap";
}

/*
 * KVM takes the capability only while there is no memslot at all, and libkvm
 * has made its own by now: take that away for a moment.
 */
static void ring_bitmap_enable(struct kvm_vm *vm)
{
	struct kvm_userspace_memory_region2 region = memslot2region(vm, 0)->region;
	u64 size = region.memory_size;

	ring_enable(vm);
	region.memory_size = 0;
	vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);
	vm_enable_cap(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0);
	region.memory_size = size;
	vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);
}

/*
 * The kernel publishes an entry with a release and frees it on our release:
 * virt/kvm/dirty_ring.c, kvm_dirty_gfn_set_dirtied() and _harvested().
 */
struct kvm_dirty_gfn *ring_entry(struct kvm_vcpu *vcpu, u32 n)
{
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(vcpu), *e;

	e = &ring[(vcpu->fetch_index + n) % vcpu->dirty_gfns_count];
	return __atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) ==
	       KVM_DIRTY_GFN_F_DIRTY ? e : NULL;
}

/* Entries that name no page of a logged memslot are KVM's mistake. */
static void take_entry(struct testvm *t, struct kvm_vcpu *vcpu,
		       const struct kvm_dirty_gfn *e)
{
	struct testslot *s = testvm_find_slot(t, e->slot);

	ringlog_add(&t->taken, vcpu->id, e->slot, e->offset);
	if (!s || !s->logged || e->offset >= s->npages) {
		report_fail("stray ring entry slot=%#x offset=%llu vcpu=%u harvest=%lu",
			    e->slot, e->offset, vcpu->id, t->nr_harvests);
		return;
	}
	pageset_set(&s->reported, e->offset);
	pageset_clear(&s->unreset, e->offset);
	if (s->by_vcpu)
		pageset_set(&s->by_vcpu[vcpu->id], e->offset);
}

void ring_consume(struct kvm_vcpu *vcpu, struct kvm_dirty_gfn *e)
{
	__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	vcpu->fetch_index++;
}

static u32 ring_collect_vcpu(struct testvm *t, struct kvm_vcpu *vcpu, u32 max)
{
	struct kvm_dirty_gfn *e;
	u32 n = 0;

	for (; n < max && (e = ring_entry(vcpu, 0)); n++) {
		take_entry(t, vcpu, e);
		ring_consume(vcpu, e);
	}
	return n;
}

u32 ring_pending(struct testvm *t)
{
	u32 n, sum = 0;
	int i;

	for (i = 0; t->vm->dirty_ring_size && i < t->nr_vcpus; i++) {
		for (n = 0; ring_entry(t->vcpus[i], n); n++)
			if (n >= t->vcpus[i]->dirty_gfns_count)
				break;
		sum += n;
	}
	return sum;
}

bool harvest_signals;

static __thread sig_atomic_t signals_seen;

void harvest_signalled(int signal)
{
	WRITE_ONCE(signals_seen, signals_seen + 1);
}

u64 harvest_signals_seen(void)
{
	return READ_ONCE(signals_seen);
}

/* KVM has taken entries [@first, @end) back and forgotten about the last of them. */
static void forget_batch(struct testvm *t, u64 first, u64 end)
{
	const struct ring_taken *e = t->taken.taken;
	u64 i = ringlog_last_batch(&t->taken, first, end);

	for (; i < end; i++) {
		struct testslot *s = testvm_find_slot(t, e[i].slot);

		if (s && e[i].page < s->npages)
			pageset_set(&s->unreset, e[i].page);
	}
}

/*
 * One KVM_RESET_DIRTY_RINGS, which finds the entries from @at on.  A signal that came
 * after the last of them does not show in its count, only in that it was handled.
 */
static u64 ring_reset_once(struct testvm *t, u64 at)
{
	sig_atomic_t seen = READ_ONCE(signals_seen);
	u64 end = at + kvm_vm_reset_dirty_ring(t->vm);
	bool ended = end < t->taken.nr;

	if (harvest_signals && ended)
		t->nr_interrupted++;
	if (harvest_signals && end <= t->taken.nr && (ended || READ_ONCE(signals_seen) != seen))
		forget_batch(t, at, end);
	return end;
}

/*
 * A signal ends KVM_RESET_DIRTY_RINGS early, see kvm_dirty_ring_reset() in
 * virt/kvm/dirty_ring.c.  What is left of the entries taken, from @first on, waits for
 * the next call.  Without signals one call is enough, for the rings of all vCPUs.
 * Returns how many KVM says there were.
 */
static u32 ring_reset(struct testvm *t, u64 first)
{
	u64 at = ring_reset_once(t, first);
	u32 tries;

	for (tries = 0; harvest_signals && at < t->taken.nr && tries < 1000; tries++)
		at = ring_reset_once(t, at);
	return at - first;
}

bool ring_interrupted_page(const struct testslot *s, u64 page)
{
	return pageset_test(&s->unreset, page);
}

/* Pages around those that were reset are protected, and may be entered once more. */
static void protected_in_between(struct testvm *t)
{
	struct testslot *s;
	u64 i;

	for (i = 0; i < t->taken.nr; i++) {
		s = testvm_find_slot(t, t->taken.taken[i].slot);
		if (s)
			pageset_fill(&s->repeats);
	}
}

u32 ring_discard(struct testvm *t, u32 max)
{
	u32 reset, n = 0;
	int i;

	if (!t->vm->dirty_ring_size)
		return 0;
	ringlog_empty(&t->taken);
	for (i = 0; i < t->nr_vcpus; i++) {
		struct kvm_dirty_gfn *e;

		while (n < max && (e = ring_entry(t->vcpus[i], 0))) {
			ringlog_add(&t->taken, i, e->slot, e->offset);
			ring_consume(t->vcpus[i], e);
			n++;
		}
	}
	reset = ring_reset(t, 0);
	if (reset != n)
		report_fail("ring reset=%u entries, discarded=%u", reset, n);
	protected_in_between(t);
	return n;
}

/* Take at most @max entries of every ring and give them back to KVM. */
static u32 ring_collect_some(struct testvm *t, u32 max)
{
	u64 first = t->taken.nr;
	u32 collected = 0, reset;
	int i;

	for (i = 0; i < t->nr_vcpus; i++)
		collected += ring_collect_vcpu(t, t->vcpus[i], max);
	reset = ring_reset(t, first);
	if (reset != collected)
		report_fail("ring reset=%u entries, collected=%u harvest=%lu",
			    reset, collected, t->nr_harvests);
	return collected;
}

static void zero_reported(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t)
		pageset_zero(&s->reported);
}

static void ring_collect(struct testvm *t)
{
	zero_reported(t);
	ring_collect_some(t, UINT32_MAX);
}

/*
 * In pieces, each reset before the next is taken.  A prime, so that resets end
 * in the middle of KVM's batches of up to 64 pages.
 */
static void ring_pieces_collect(struct testvm *t)
{
	zero_reported(t);
	while (ring_collect_some(t, 37))
		;
}

/*
 * Pages written by a vCPU are in its ring; the bitmap is for those that KVM
 * writes while no vCPU runs.
 */
static void ring_bitmap_collect(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t) {
		log_collect(s);
		pageset_copy(&s->backup, &s->reported);
	}
	ring_collect_some(t, UINT32_MAX);
}

const struct log_mode log_modes[] = {
	[LOG_BITMAP] = {
		.name = "bitmap",
		.about = "KVM_GET_DIRTY_LOG, which also write-protects",
		.collect = bitmap_collect,
	},
	[LOG_CLEAR] = {
		.name = "clear",
		.about = "KVM_GET_DIRTY_LOG, then KVM_CLEAR_DIRTY_LOG of the whole slot",
		.unsupported = clear_unsupported,
		.enable = clear_enable,
		.collect = clear_collect,
	},
	[LOG_CLEAR_PIECES] = {
		.name = "clear_pieces",
		.about = "the same, cleared from the end in pieces of 64 pages",
		.unsupported = clear_unsupported,
		.enable = clear_enable,
		.collect = clear_pieces_collect,
	},
	[LOG_INITSET] = {
		.name = "initset",
		.about = "as clear, and KVM starts with every page reported",
		.unsupported = initset_unsupported,
		.enable = initset_enable,
		.collect = clear_collect,
		.initially_set = true,
	},
	[LOG_RING] = {
		.name = "ring",
		.about = "per-vCPU dirty rings",
		.unsupported = ring_unsupported,
		.enable = ring_enable,
		.collect = ring_collect,
		.rings = true,
		.rings_only = true,
	},
	[LOG_RING_SMALL] = {
		.name = "ring_small",
		.about = "the smallest rings KVM has, which fill up and wrap",
		.unsupported = ring_small_unsupported,
		.enable = ring_small_enable,
		.collect = ring_collect,
		.rings = true,
		.rings_only = true,
	},
	[LOG_RING_PIECES] = {
		.name = "ring_pieces",
		.about = "rings collected and reset a few entries at a time",
		.unsupported = ring_unsupported,
		.enable = ring_enable,
		.collect = ring_pieces_collect,
		.rings = true,
		.rings_only = true,
	},
	[LOG_RING_BITMAP] = {
		.name = "ring_bitmap",
		.about = "rings, and a bitmap for what KVM writes by itself (arm64)",
		.unsupported = ring_bitmap_unsupported,
		.enable = ring_bitmap_enable,
		.collect = ring_bitmap_collect,
		.rings = true,
	},
};

const unsigned int nr_log_modes = ARRAY_SIZE(log_modes);

/* --debug-flip-page: show that every check would notice one wrong bit. */
static void corrupt(struct testvm *t)
{
	u64 word = options.flip_page / 64;
	struct testslot *s;

	if (options.flip_page < 0 || t->nr_harvests)
		return;
	testvm_for_each_logged_slot(s, t) {
		if (options.flip_page >= s->npages)
			continue;
		printf("# DEBUG: flipping page %ld of slot %u in the harvested log\n",
		       options.flip_page, s->id);
		pageset_put(&s->reported, word, s->reported.words[word] ^
			    1ull << (options.flip_page % 64));
	}
}

/*
 * The host unmaps ordinary memory by itself, with no count of it in every kernel: it
 * compacts, collapses, merges and reclaims.  Then a write enters its page once more.
 * Memory of guest_memfd stays where it is (mapping_set_inaccessible() and
 * kvm_gmem_migrate_folio() in virt/kvm/guest_memfd.c).
 */
static bool may_be_unmapped(const struct testvm *t)
{
	return !subject_is_gmem(t->subject);
}

static void check_repeat(struct testvm *t, const struct ring_taken *e, u64 n)
{
	struct testslot *s = testvm_find_slot(t, e->slot);
	char when[sizeof(t->step) + 40];

	snprintf(when, sizeof(when), "harvest=%lu step=\"%s\"", t->nr_harvests, t->step);
	if (s && !pageset_test(&s->repeats, e->page) && !may_be_unmapped(t))
		report_fail("duplicate ring entry page=%lu entries=%lu slot=%#x vcpu=%u %s",
			    e->page, n, e->slot, e->vcpu, when);
}

/*
 * A page is entered when it becomes writable, and stays so until its entry is reset:
 * once for each vCPU that has been stopped since.
 */
static void check_repeats(struct testvm *t)
{
	struct testslot *s;
	u64 i, n;

	ringlog_sort(&t->taken);
	for (i = 0; i < t->taken.nr; i += n) {
		n = ringlog_run(&t->taken, i);
		if (n > 1 && !t->live)
			check_repeat(t, &t->taken.taken[i], n);
	}
	testvm_for_each_slot(s, t)
		pageset_zero(&s->repeats);
}

void harvest(struct testvm *t)
{
	ringlog_empty(&t->taken);
	t->mode->collect(t);
	check_repeats(t);
	corrupt(t);
	t->nr_harvests++;
}
