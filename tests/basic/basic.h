/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of gmem_dirty_basic share: one vCPU, one memslot at a time,
 * and ways to have the guest touch pages of it.
 *
 * Each test stands in one of the files here, which open with what belongs there.
 */
#ifndef BASIC_H
#define BASIC_H

#include "check.h"
#include "contract.h"
#include "guest_pt.h"
#include "harvest.h"
#include "registry.h"
#include "report.h"
#include "rng.h"
#include "run.h"
#include "testvm.h"
#include "where.h"

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
 * Prove that the guest runs on the memory the host looks at: a value the host
 * puts into the backing comes back from the guest, changed by it.  Writes to
 * the first and last page of @s.
 */
bool check_backing(struct testslot *s);

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

/* Where the guest has the memslot's @page. */
u64 page_gpa(const struct ctx *c, u64 page);

/* What KVM has written to @page no test can know in advance: take it as it is. */
void adopt_page(struct ctx *c, u64 page);

/* The host writes @bytes of @data into @page, from its byte @at on. */
void host_puts(struct ctx *c, u64 page, u64 at, const void *data, u64 bytes);

/*
 * Have the guest map the window once more, by leaves of level @leaf.  The tables
 * are in memory that is not logged; for each @leaf they hang in a root entry of
 * their own, so that nothing cached changes.
 */
void map_again(struct ctx *c, int leaf);
/* Have the guest do @kind to @page of the memslot through what that mapped last. */
void touch_again(struct ctx *c, const struct guest_kind *kind, u64 page);

/* The MMIO exit that @run tells of must be @op's, and have its value if it is a write. */
void check_mmio(struct testvm *t, const struct kvm_run *run, const struct guest_op *op);

/*
 * For tests that read the ring of the only vCPU themselves: its next entry, or NULL.  The
 * test fails and ends when that is not of the memslot attached last.
 */
struct kvm_dirty_gfn *own_entry(struct ctx *c);
/* The reset that follows takes back @wanted entries, or the test fails. */
void expect_reset(struct ctx *c, u32 wanted);

#ifndef WHERE_IS_CALLER
#define attach(...)		HERE(attach(__VA_ARGS__))
#define detach(...)		HERE(detach(__VA_ARGS__))
#define set_log(...)		HERE(set_log(__VA_ARGS__))
#define do_pages(...)		HERE(do_pages(__VA_ARGS__))
#define do_picked(...)		HERE(do_picked(__VA_ARGS__))
#define write_picked(...)	HERE(write_picked(__VA_ARGS__))
#define write_in(...)		HERE(write_in(__VA_ARGS__))
#define touch_again(...)	HERE(touch_again(__VA_ARGS__))
#define own_entry(...)		HERE(own_entry(__VA_ARGS__))
#define expect_reset(...)	HERE(expect_reset(__VA_ARGS__))
#define check_backing(...)	HERE(check_backing(__VA_ARGS__))
#endif

/* For whom tests are: groups.c. */
extern const struct variants for_logged, for_reachable, for_unreachable, for_small,
			     for_ordinary, for_typical,
			     for_gmem, for_clear, for_bitmap, for_ring, for_rings,
			     for_huge, for_huge_bitmap, for_plain, for_scale,
			     for_scale_clear, for_gigantic;

/*
 * Opens the body of a test, which is registered by it:
 *
 *	BASIC_TEST(every_page, logged)		for whom for_logged says
 *	{
 *		... struct ctx *c ...
 *	}
 */
#define BASIC_TEST(name, whom)	SUITE_TEST(name, for_##whom, struct ctx)(struct ctx *c)

#endif
