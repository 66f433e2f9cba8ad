// SPDX-License-Identifier: GPL-2.0-only
/* Log modes: the ways KVM hands out its dirty log. */
#include "harvest.h"
#include "options.h"
#include "report.h"

/*
 * KVM keeps up to 64 entries (and, with PML, 512 more) in reserve: see
 * kvm_dirty_ring_get_rsvd_entries() in virt/kvm/dirty_ring.c.
 */
#define RING_ENTRIES 4096

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

void harvest(struct testvm *t)
{
	ringlog_empty(&t->taken);
	t->mode->collect(t);
	ring_check_repeats(t);
	corrupt(t);
	t->nr_harvests++;
}

void harvest_by_hand(struct testvm *t)
{
	zero_reported(t);
	t->nr_harvests++;
}
