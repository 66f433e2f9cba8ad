/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of gmem_dirty_basic share: one vCPU, one memslot at a time,
 * and ways to have the guest touch pages of it.
 *
 * gmem_dirty_basic.c lists the tests; each is a function basic_<name>() here.
 */
#ifndef BASIC_H
#define BASIC_H

#include "check.h"
#include "contract.h"
#include "guest_pt.h"
#include "harvest.h"
#include "report.h"
#include "rng.h"
#include "testvm.h"

#define TEST_SLOT 1

/*
 * Where a memslot lies.
 *
 * @npages:	its size
 * @gfn:	pages from the start of the window to its first page
 * @offset:	pages from the start of the backing to its first page
 */
struct layout {
	u64 npages;
	u64 gfn;
	u64 offset;
};

/* Many pages, a last bitmap word that is not full, an odd base. */
extern const struct layout large;

/* How much of what takes long: tests/basic/scale.c. */
struct scale_options {
	u64 slots, vcpus, bitmap_pages;
};

extern struct scale_options scale_options;

/*
 * @subject, @mode: for tests that make their own VM
 * @slot:	the memslot attached last, or NULL
 * @rng:	random choices, from the seed
 */
struct ctx {
	const struct subject *subject;
	const struct log_mode *mode;
	struct testvm t;
	struct backing b;
	struct testslot *slot;
	struct rng rng;
};

/*
 * Attach the part @l of the test's memory as memslot @id with logging on.  The
 * log is empty afterwards.
 */
struct testslot *add_slot(struct ctx *c, u32 id, const struct layout *l);

/* New memory of the test's subject, attached as TEST_SLOT with logging on. */
void attach(struct ctx *c, const struct layout *l);

/*
 * Check contents and backing, then delete the memslot and its memory.  A test
 * that leaves its memslot attached is detached by the fixture.
 */
void detach(struct ctx *c);

/*
 * Switch the log of the memslot, and forget what rings hold of it.  The test is
 * skipped where the kernel refuses this for guest_memfd and nothing has changed.
 */
void set_log(struct ctx *c, bool on);

/* Which pages a test touches. */
typedef bool (*pick_fn)(u64 page, u64 npages);
bool pick_every(u64 page, u64 npages);
bool pick_third(u64 page, u64 npages);
bool pick_odd(u64 page, u64 npages);
bool pick_ends(u64 page, u64 npages);
bool pick_last(u64 page, u64 npages);

/*
 * Have the guest do @kind on every page of @set, in order, each at an offset
 * and with a value of its own.
 */
void do_pages(struct ctx *c, const struct guest_kind *kind,
	      const struct pageset *set);
void do_picked(struct ctx *c, const struct guest_kind *kind, pick_fn pick);
/* The next harvest may report these pages, whatever happens to them. */
void allow_picked(struct ctx *c, pick_fn pick);
/* Plain stores. */
void write_picked(struct ctx *c, pick_fn pick);
/* The same in @s, which need not be the memslot attached last. */
void write_in(struct ctx *c, struct testslot *s, pick_fn pick);

/*
 * Have the guest map the window once more, by leaves of level @leaf.  The tables
 * are in memory that is not logged; for each @leaf they hang in a root entry of
 * their own, so that nothing cached changes.
 */
void map_again(struct ctx *c, int leaf);
/* Have the guest do @kind to @page of the memslot through what that mapped last. */
void touch_again(struct ctx *c, const struct guest_kind *kind, u64 page);

/*
 * For tests that read the ring of the only vCPU themselves: its next entry, or NULL.  The
 * test fails and ends when that is not of the memslot attached last.
 */
struct kvm_dirty_gfn *own_entry(struct ctx *c);
/* The reset that follows takes back @wanted entries, or the test fails. */
void expect_reset(struct ctx *c, u32 wanted);

/* patterns.c: which pages of which memslots */
void basic_every_page(struct ctx *c);
void basic_third_page(struct ctx *c);
void basic_first_and_last_page(struct ctx *c);
void basic_tail_word(struct ctx *c);
void basic_single_page(struct ctx *c);
void basic_rewrite(struct ctx *c);
void basic_write_orders(struct ctx *c);
void basic_contents(struct ctx *c);

/* reads.c: what must not be reported */
void basic_first_read(struct ctx *c);
void basic_warm_read(struct ctx *c);

/* kinds.c: by which instruction, and where in a page */
void basic_stores(struct ctx *c);
void basic_vector(struct ctx *c);
void basic_atomics(struct ctx *c);
void basic_string_ops(struct ctx *c);
void basic_opaque(struct ctx *c);
void basic_emulated(struct ctx *c);
void basic_emulated_mmio(struct ctx *c);
void basic_emulated_stray(struct ctx *c);
void basic_no_dirty(struct ctx *c);
void basic_execute(struct ctx *c);
void basic_first_execute(struct ctx *c);
/* interface.c: the ioctls of the log */
void basic_clear_ranges(struct ctx *c);		/* mode clear */
void basic_clear_words(struct ctx *c);		/* mode clear */
void basic_clear_subset(struct ctx *c);		/* mode clear */
void basic_get_again(struct ctx *c);		/* mode clear */
void basic_bad_buffer(struct ctx *c);		/* mode clear */
void basic_bad_buffer_drains(struct ctx *c);	/* mode bitmap */
void basic_get_drains(struct ctx *c);		/* mode bitmap */
void basic_clear_without_capability(struct ctx *c); /* mode bitmap */
void basic_no_bitmap(struct ctx *c);		/* mode ring */
void basic_log_of_nothing(struct ctx *c);

/* rings.c: garbage in rings */
void basic_ring_garbage(struct ctx *c);		/* modes with rings */
void basic_ring_never_dirty(struct ctx *c);	/* modes with rings */

/* slots.c: memslots come, go, and are refused */
void basic_many_slots(struct ctx *c);
void basic_slot_numbers(struct ctx *c);
void basic_address_space(struct ctx *c);	/* x86 */
void basic_slot_anew(struct ctx *c);
void basic_move(struct ctx *c);
void basic_change_refused(struct ctx *c);
void basic_same_again(struct ctx *c);
void basic_overlap(struct ctx *c);
void basic_creation_refused(struct ctx *c);
void basic_end_orders(struct ctx *c);
void basic_file_closed(struct ctx *c);		/* guest_memfd memslots */

/* toggle.c: the log goes off and on */
void basic_toggle(struct ctx *c);
void basic_toggle_over_mappings(struct ctx *c);
void basic_toggle_and_use(struct ctx *c);
void basic_toggle_binding(struct ctx *c);
void basic_toggle_then_punch(struct ctx *c);

/* buffers.c: what a CPU logs on the way to the log */
void basic_buffer_fills(struct ctx *c);
void basic_ring_order(struct ctx *c);		/* modes with rings */
void basic_log_of_two(struct ctx *c);
#ifdef __x86_64__
void basic_late_vcpu(struct ctx *c);
#endif

/* holes.c: memory that comes and goes */
void basic_punch_hole(struct ctx *c);
void basic_punch_edges(struct ctx *c);
void basic_allocate(struct ctx *c);
void basic_host_write(struct ctx *c);
void basic_prefault(struct ctx *c);
void basic_prefault_all(struct ctx *c);
void basic_prefault_overflow(struct ctx *c);	/* mode ring */

/* page_tables.c: guest page tables in logged memory */
void basic_pt_accessed_dirty(struct ctx *c);
void basic_pt_first_walk(struct ctx *c);
void basic_pt_blocks(struct ctx *c);
void basic_pt_mapped_twice(struct ctx *c);
#ifdef __aarch64__
void basic_granule_16k(struct ctx *c);
void basic_granule_64k(struct ctx *c);
#endif

/* huge.c: huge pages, of the guest and of the host */
void basic_guest_huge(struct ctx *c);
void basic_split_recover(struct ctx *c);
void basic_huge_layouts(struct ctx *c);
void basic_huge_holes(struct ctx *c);

/* kvm_writes.c: what KVM writes for the guest */
void basic_kvm_writes(struct ctx *c);

#ifdef __x86_64__
/* smm.c: the second address space */
void basic_smm(struct ctx *c);
/* nested.c: guests of the guest */
void basic_nested(struct ctx *c);
#endif

#ifdef __aarch64__
/* its.c: what KVM writes when it is told to save interrupts */
void basic_its_tables(struct ctx *c);
#endif

/* scale.c: large memslots, many of them, many vCPUs; they make their own VMs */
void basic_large_slots(struct ctx *c);
void basic_too_large_slot(struct ctx *c);
void basic_large_clear(struct ctx *c);		/* mode clear */
void basic_huge_1g(struct ctx *c);
void basic_most_slots(struct ctx *c);
void basic_many_vcpus(struct ctx *c);

/* refusal.c: what a kernel does that does not log guest_memfd; no log mode */
void basic_refusal(struct ctx *c);

#endif
