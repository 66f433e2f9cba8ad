// SPDX-License-Identifier: GPL-2.0-only
/* Log modes: the ways KVM hands out its dirty log. */
#include <sys/mman.h>

#include "harvest.h"
#include "options.h"
#include "report.h"

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

/* GET_DIRTY_LOG must write every word it owns: start from a pattern. */
static void get_dirty_log(struct testvm *t, struct testslot *s)
{
	struct kvm_dirty_log log = { .slot = s->id, .dirty_bitmap = s->log };

	memset(s->log, 0xa5, logbuf_bytes(s->npages));
	errno = 0;
	if (__vm_ioctl(t->vm, KVM_GET_DIRTY_LOG, &log))
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d slot=%u",
			     errno, s->id);
}

/* Move what KVM wrote into the set; bits past the last page belong to nobody. */
static void take_bitmap(struct testslot *s)
{
	u64 i, nr = pageset_nr_words(&s->reported), tail = s->npages % 64, extra;

	for (i = 0; i < nr; i++)
		s->reported.words[i] = s->log[i];
	if (!tail)
		return;
	extra = s->reported.words[nr - 1] & (~0ull << tail);
	s->reported.words[nr - 1] &= ~extra;
	if (extra)
		report_fail("tail bits=%#lx set slot=%u npages=%lu harvest=%lu",
			    extra, s->id, s->npages, s->t->nr_harvests);
}

static void bitmap_collect(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t) {
		get_dirty_log(t, s);
		take_bitmap(s);
	}
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

static void clear_collect(struct testvm *t)
{
	struct testslot *s;

	testvm_for_each_logged_slot(s, t) {
		struct kvm_clear_dirty_log clear = {
			.slot = s->id,
			.num_pages = s->npages,
			.dirty_bitmap = s->log,
		};

		get_dirty_log(t, s);
		take_bitmap(s);
		errno = 0;
		if (__vm_ioctl(t->vm, KVM_CLEAR_DIRTY_LOG, &clear))
			report_fatal("ioctl KVM_CLEAR_DIRTY_LOG failed errno=%d slot=%u pages=%lu",
				     errno, s->id, s->npages);
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

/* Entries that name no page of a logged memslot are KVM's mistake. */
static void take_entry(struct testvm *t, struct kvm_vcpu *vcpu,
		       const struct kvm_dirty_gfn *e)
{
	struct testslot *s = testvm_find_slot(t, e->slot);

	if (!s || !s->logged || e->offset >= s->npages) {
		report_fail("stray ring entry slot=%#x offset=%llu vcpu=%u harvest=%lu",
			    e->slot, e->offset, vcpu->id, t->nr_harvests);
		return;
	}
	pageset_set(&s->reported, e->offset);
}

/*
 * The kernel publishes an entry with a release and frees it on our release:
 * virt/kvm/dirty_ring.c, kvm_dirty_gfn_set_dirtied() and _harvested().
 */
static u32 ring_collect_vcpu(struct testvm *t, struct kvm_vcpu *vcpu)
{
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(vcpu);
	u32 n = 0;

	for (;; n++) {
		struct kvm_dirty_gfn *e = &ring[vcpu->fetch_index %
						vcpu->dirty_gfns_count];

		if (__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) !=
		    KVM_DIRTY_GFN_F_DIRTY)
			return n;
		take_entry(t, vcpu, e);
		__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET,
				 __ATOMIC_RELEASE);
		vcpu->fetch_index++;
	}
}

static void ring_collect(struct testvm *t)
{
	struct testslot *s;
	u32 collected = 0, reset;
	int i;

	testvm_for_each_logged_slot(s, t)
		pageset_zero(&s->reported);
	for (i = 0; i < t->nr_vcpus; i++)
		collected += ring_collect_vcpu(t, t->vcpus[i]);
	reset = kvm_vm_reset_dirty_ring(t->vm);
	if (reset != collected)
		report_fail("ring reset=%u entries, collected=%u harvest=%lu",
			    reset, collected, t->nr_harvests);
}

const struct log_mode log_modes[] = {
	{
		.name = "bitmap",
		.about = "KVM_GET_DIRTY_LOG, which also write-protects",
		.collect = bitmap_collect,
	}, {
		.name = "clear",
		.about = "KVM_GET_DIRTY_LOG, then KVM_CLEAR_DIRTY_LOG of the whole slot",
		.unsupported = clear_unsupported,
		.enable = clear_enable,
		.collect = clear_collect,
	}, {
		.name = "ring",
		.about = "per-vCPU dirty rings",
		.unsupported = ring_unsupported,
		.enable = ring_enable,
		.collect = ring_collect,
	},
};

const unsigned int nr_log_modes = ARRAY_SIZE(log_modes);

/* --debug-flip-page: show that every check would notice one wrong bit. */
static void corrupt(struct testvm *t)
{
	struct testslot *s;

	if (options.flip_page < 0 || t->nr_harvests)
		return;
	testvm_for_each_logged_slot(s, t) {
		if (options.flip_page >= s->npages)
			continue;
		printf("# DEBUG: flipping page %ld of slot %u in the harvested log\n",
		       options.flip_page, s->id);
		s->reported.words[options.flip_page / 64] ^=
			1ull << (options.flip_page % 64);
	}
}

void harvest(struct testvm *t)
{
	t->mode->collect(t);
	corrupt(t);
	t->nr_harvests++;
}
