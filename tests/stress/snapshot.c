// SPDX-License-Identifier: GPL-2.0-only
/*
 * What dirty logs are for: a VM's memory taken elsewhere while it runs, and a VM
 * there that goes on where the first one stopped and finds every page as it was.
 */
#include <ucall_common.h>

#include "check.h"
#include "harvest.h"
#include "options.h"
#include "run.h"
#include "stress.h"

/* Vary with the seed, but only so far. */
#define SNAPSHOTS 5
#define MAX_ROUNDS 12
/*
 * What a vCPU may do while a harvest of precopy lasts; more from round to round until one
 * has done something: on a busy host it may be through before the harvest begins.
 */
#define HARVEST_OPS 128

static u64 harvest_ops(const struct live *l, int round)
{
	return l->stats.straddlers ? HARVEST_OPS : (u64)HARVEST_OPS << round;
}

/* Of the VM that is left: the one that goes on is a run of its own. */
static const struct need precopy_needs[STRESS_NEEDS] = {
	NEED("rounds", harvests, 2),
	NEED("ops under way during a harvest", straddlers, 1, .slow = activity_stalled),
};

static const struct need snapshot_needs[STRESS_NEEDS] = {
	NEED("snapshots and attempts", harvests, SNAPSHOTS),
	NEED("attempts that failed", attempts, 1),
	NEED("pages", reported, 1),
};

/* One diff: the pages that were reported, and what was in them. */
struct diff {
	struct pageset pages;
	struct image image;
};

/* --- the VM that goes on ------------------------------------------------------ */

/* A guest's whole state is in its memory and in how far its streams are. */
static void take_over(struct live *to, struct live *from, const u8 *memory)
{
	u32 i;

	live_create(to, &from->shape);
	memcpy(live_memory(to), memory, to->b.size);
	memcpy(to->b.expected, from->b.expected, to->b.size);
	image_copy_all(&to->image, memory);
	for (i = 0; i < to->shape.vcpus; i++) {
		struct live_vcpu *v = &to->vcpus[i], *was = &from->vcpus[i];

		v->stream->started = was->stream->started;
		v->stream->done = was->stream->done;
		account_resume(&to->account, i, was->stream->done);
		v->replayed = was->replayed;
	}
}

/* The new VM's guest reads every page itself. */
static void check_in_guest(struct live *l)
{
	u64 gva = vm_alloc(l->t.vm, sizeof(struct checksum_request),
			   KVM_UTIL_MIN_VADDR);
	struct checksum_request *r = addr_gva2hva(l->t.vm, gva);
	u64 page, size = l->t.page_size, expected;

	testvm_step(&l->t, "the guest of the new VM reads every page");
	l->t.allow_reads = l->account.first_read;
	if (l->account.first_read)
		pageset_fill(&l->account.vcpus[0].may);
	pageset_fill(&l->account.vcpus[0].read);
	r->bytes = size;
	for (page = 0; page < l->slot->npages; page++) {
		struct guest_op op = testslot_op(l->slot, &checksum_page, page, 0, gva);

		testvm_run(&l->t, 0, &op, 1);
		expected = page_checksum(l->b.expected + page * size, size);
		if (r->sum == expected)
			continue;
		report_fail("restored page=%lu slot=%u checksum=%#lx expected=%#lx seed=%#lx",
			    page, l->slot->id, r->sum, expected, l->shape.seed);
		break;
	}
	l->t.allow_reads = false;
}

/* The source must have stopped; @memory is what was taken of it. */
static void go_on_elsewhere(struct live *from, const u8 *memory)
{
	static struct live to;
	int i;

	live_replay(from);
	take_over(&to, from, memory);
	/* A log that starts with every page set says so once. */
	live_harvest(&to);
	check_in_guest(&to);
	live_harvest(&to);
	testvm_step(&to.t, "the new VM goes on");
	live_start(&to, 0);
	for (i = 0; i < stress_size.harvests / 4 && !report_failures(); i++)
		stress_step(&to);
	stress_finish(&to);
	stats_add(report_test(), &to.stats);
	live_destroy(&to);
}

/* --- migration --------------------------------------------------------------------- */

/* Little is left, and the guest was at work meanwhile. */
static bool converged(struct live *l, u64 left)
{
	return left <= l->shape.npages / 16 &&
	       !activity_unmet(l, &l->stats, precopy_needs, false);
}

/*
 * Rounds of copies while the guest runs, slowed down until little is left; then
 * it stops for the last one.
 */
void stress_precopy(const struct subject *subject, const struct log_mode *mode)
{
	struct live_shape shape = stress_shape(subject, mode, options.seed);
	u64 ops = stress_size.ops, left = shape.npages;
	static struct live l;
	int round;

	live_create(&l, &shape);
	live_start(&l, 0);
	image_copy_all(&l.image, live_memory(&l));
	for (round = 0; round < MAX_ROUNDS && !converged(&l, left); round++) {
		live_grant(&l, ops);
		live_let_run(&l, ops);
		if (!stress_size.idle)
			live_grant(&l, harvest_ops(&l, round));
		left = live_harvest(&l);
		ops = ops / 2 + 1;
	}
	stress_finish(&l);
	if (!report_failures())
		go_on_elsewhere(&l, l.image.bytes);
	stats_add(report_test(), &l.stats);
	live_destroy(&l);
	activity_check(&l, &l.stats, precopy_needs);
}

/* --- snapshots ------------------------------------------------------------------------ */

/*
 * The log is read, and then the attempt fails.  What a harvest has taken out of
 * the log stays in l->since; what was not cleared stays in the log.
 */
static void failed_attempt(struct live *l)
{
	l->stats.attempts++;
	if (l->t.mode == &log_modes[LOG_CLEAR])
		log_collect(l->slot);
	else
		live_harvest(l);
	live_start(l, stress_size.ops / 4);
	live_let_run(l, stress_size.ops / 4);
	live_stop(l);
}

/* The VM is paused for a snapshot, and for one that fails now and then; @last: once. */
static void take_diff(struct live *l, struct diff *d, bool last)
{
	bool fails = rng_below(&l->rng, 2) || (last && !l->stats.attempts);

	pageset_init(&d->pages, l->slot->npages);
	image_init(&d->image, l->slot->npages, l->t.page_size);
	live_stop(l);
	if (fails && !stress_size.idle)
		failed_attempt(l);
	live_harvest(l);
	pageset_copy(&d->pages, &l->since);
	pageset_zero(&l->since);
	image_copy(&d->image, live_memory(l), &d->pages);
}

static void apply_diff(struct image *memory, struct diff *d)
{
	image_copy(memory, d->image.bytes, &d->pages);
	image_free(&d->image);
	pageset_free(&d->pages);
}

void stress_snapshots(const struct subject *subject, const struct log_mode *mode)
{
	struct live_shape shape = stress_shape(subject, mode, options.seed);
	struct image memory;
	struct diff diff;
	static struct live l;
	int i;

	live_create(&l, &shape);
	image_init(&memory, shape.npages, l.t.page_size);
	image_copy_all(&memory, live_memory(&l));
	for (i = 0; i < SNAPSHOTS && !report_failures(); i++) {
		live_start(&l, stress_size.ops);
		live_let_run(&l, stress_size.ops);
		take_diff(&l, &diff, i == SNAPSHOTS - 1);
		apply_diff(&memory, &diff);
	}
	if (!report_failures())
		go_on_elsewhere(&l, memory.bytes);
	stats_add(report_test(), &l.stats);
	live_destroy(&l);
	image_free(&memory);
	activity_check(&l, &l.stats, snapshot_needs);
}
