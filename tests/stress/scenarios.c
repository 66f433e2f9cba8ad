// SPDX-License-Identifier: GPL-2.0-only
/* What happens to memslots, memory and threads while vCPUs write. */
#include <signal.h>
#include <sys/mman.h>

#include "check.h"
#include "contract.h"
#include "harvest.h"
#include "stress.h"
#include "vcpu.h"

/* --- logging toggled --------------------------------------------------------- */

static void drop_rings(struct live *l)
{
	ring_discard(&l->t, -1);
	live_rings_reset(l);
}

static void switch_log(struct live *l, bool on)
{
	int r = testslot_set_log(l->slot, on);

	if (r == -EINVAL && subject_is_gmem(l->shape.subject) && !report_failures())
		report_skip("kernel refuses toggling guest_memfd logging");
	if (r)
		report_fatal("log cannot be switched %s errno=%d harvest=%lu",
			     on ? "on" : "off", -r, l->t.nr_harvests);
}

static void begin_log(struct live *l)
{
	live_log_begins(l);
	switch_log(l, true);
	live_log_begun(l);
	l->stats.toggles++;
}

static void start_log(struct live *l)
{
	begin_log(l);
	live_copy_all(l);
}

static void toggle(struct live *l)
{
	switch_log(l, false);
	drop_rings(l);
	live_let_run(l, rng_below(&l->rng, stress_size.ops));
	start_log(l);
}

/* Few of them meet a vCPU that nothing else has made leave the guest. */
#define ECHOES 6
/* Every hot page is written by then, and so in the TLB. */
#define WARM_OPS (8 * STREAM_HOT)
/* More than a vCPU does while an ioctl lasts. */
#define LONG_OPS (64 * STREAM_STRETCH)

static void harvest_once(struct live *l)
{
	live_harvest(l);
}

/* The next harvest is of what is granted from here on, and of no more. */
static void clear_log(struct live *l)
{
	live_grant(l, 0);
	live_harvest(l);
}

/*
 * Every other time vCPUs write on during the harvest, and so fill their TLBs again
 * should these be flushed before the pages are protected.  The other times they have
 * written so little that a part of the log is empty, whatever KVM makes of that.
 */
static void echo(struct live *l)
{
	int i;

	for (i = 0; i < ECHOES && !report_failures(); i++) {
		if (i % 2 == 0)
			clear_log(l);
		live_grant(l, i % 2 ? LONG_OPS : WARM_OPS);
		live_let_run(l, WARM_OPS);
		live_echo(l, harvest_once);
	}
}

/* Hundreds of harvests may miss the moment. */
#define RACES 64
/* The pages of one word of the log. */
#define WORD_PAGES 64

/*
 * KVM maps a page for a vCPU under the MMU's lock, and marks it when it has let go of
 * that: what a harvest that waited for the lock does to the page's word meanwhile must
 * not lose the mark.  So vCPUs have nothing but clean pages of one word to write, and
 * the harvest comes before they are through with them.
 */
static void race_for_word(struct live *l)
{
	int i;

	for (i = 0; i < RACES && !report_failures(); i++) {
		live_grant(l, WORD_PAGES);
		live_let_run(l, rng_below(&l->rng, WORD_PAGES / 2));
		live_harvest(l);
	}
}

/* --- memslots come and go ------------------------------------------------------ */

static void recreate(struct live *l)
{
	live_delete_slot(l);
	drop_rings(l);
	live_let_run(l, rng_below(&l->rng, stress_size.ops));
	live_log_begins(l);
	live_add_slot(l, rng_below(&l->rng, 2));
	live_log_begun(l);
	live_copy_all(l);
	l->stats.slots++;
}

static const char *cannot_move(const struct subject *s, const struct log_mode *m)
{
	return subject_is_gmem(s) ? "guest_memfd memslots do not move" : NULL;
}

/* What was logged stays logged. */
static void move(struct live *l)
{
	int i = l->slot->gfn == l->gfn[0];
	int r = testslot_move(l->slot, l->gfn[i]);

	if (r)
		report_fatal("memslot cannot be moved errno=%d slot=%u gfn=%#lx",
			     -r, l->slot->id, l->gfn[i]);
	l->stats.slots++;
}

/*
 * Memslots that no vCPU touches, beyond those that they do: one comes and goes, of
 * another the log is on or off.
 */
enum { PASSING, LOGGED, NEIGHBOURS };

static struct backing neighbour[NEIGHBOURS];
static bool neighbour_is_there, neighbour_is_logged;

/* @flags: KVM_MEM_LOG_DIRTY_PAGES or 0, for one that may be there already */
static void attach_neighbour(struct live *l, int i, u32 flags)
{
	u64 gfn = testvm_window_gfn(&l->t) + (1 + i) * WINDOW_PAGES;
	int r = backing_attach(&neighbour[i], l->t.vm, LIVE_SLOT + 1 + i, flags,
			       gfn * l->t.page_size, 0, neighbour[i].size);

	if (r)
		report_fatal("another memslot cannot come errno=%d slot=%d flags=%#x", -r,
			     LIVE_SLOT + 1 + i, flags);
}

static void remove_neighbour(struct live *l, int i)
{
	int r = memslot_delete(l->t.vm, LIVE_SLOT + 1 + i);

	if (r)
		report_fatal("another memslot cannot go errno=%d slot=%d", -r,
			     LIVE_SLOT + 1 + i);
}

static void make_neighbour(struct live *l, int i)
{
	backing_create(&neighbour[i], l->shape.subject, l->t.vm, 64 * l->t.page_size);
}

static void neighbours_begin(struct live *l)
{
	make_neighbour(l, PASSING);
	neighbour_is_there = false;
}

static void neighbours(struct live *l)
{
	if (neighbour_is_there)
		remove_neighbour(l, PASSING);
	else
		attach_neighbour(l, PASSING, 0);
	neighbour_is_there = !neighbour_is_there;
	l->stats.neighbours++;
}

static void neighbours_end(struct live *l)
{
	if (neighbour_is_there)
		remove_neighbour(l, PASSING);
	backing_destroy(&neighbour[PASSING]);
}

static void toggle_echoes_begin(struct live *l)
{
	make_neighbour(l, LOGGED);
	attach_neighbour(l, LOGGED, 0);
	neighbour_is_logged = false;
}

static void log_neighbour(struct live *l, bool on)
{
	if (on != neighbour_is_logged)
		attach_neighbour(l, LOGGED, on ? KVM_MEM_LOG_DIRTY_PAGES : 0);
	neighbour_is_logged = on;
}

static void toggle_echoes_end(struct live *l)
{
	remove_neighbour(l, LOGGED);
	backing_destroy(&neighbour[LOGGED]);
}

/*
 * The ioctl waits for a grace period before it protects anything, so vCPUs write
 * on meanwhile: to pages that are in their TLBs and to no others, for the first
 * one that is not would be an exit, and after that nothing is stale.
 *
 * With PML vCPUs are made to leave their guests when the first log of the VM goes on
 * (kvm_mmu_update_cpu_dirty_logging() in arch/x86/kvm/x86.c).  So every other time
 * another memslot's log is on already, and nothing but the flush mends a TLB.
 */
static void toggle_echo(struct live *l)
{
	int i;

	for (i = 0; i < ECHOES && !report_failures(); i++) {
		switch_log(l, false);
		log_neighbour(l, i % 2);
		drop_rings(l);
		live_grant(l, LONG_OPS);
		live_let_run(l, WARM_OPS);
		/* A copy of all memory takes so long that an interrupt comes. */
		live_echo(l, begin_log);
		live_copy_all(l);
	}
}

/* --- holes -------------------------------------------------------------------- */

/*
 * One page in eight loses its memory now and then, and nobody knows what is in
 * it: no sum may carry from it into the next.
 */
static bool is_hole(u64 page)
{
	return page % 8 == 5;
}

static void punch_page(struct live *l, u64 page)
{
	backing_punch(&l->b, page * l->t.page_size, l->t.page_size);
}

static void punch(struct live *l)
{
	u64 page = rng_below(&l->rng, l->slot->npages) / 8 * 8 + 5;

	if (page >= l->slot->npages)
		page = 5;
	punch_page(l, page);
	l->stats.holes++;
}

/* The vCPUs have pages to fault in while logging goes off and on. */
static void punch_and_toggle(struct live *l)
{
	u64 page;

	for (page = 5; page < l->slot->npages; page += 8) {
		punch_page(l, page);
		l->stats.holes++;
	}
	toggle(l);
}

/* While all vCPUs wait, or their rings are full, what is in memory is known. */
static void punch_known(struct live *l, u64 page)
{
	punch_page(l, page);
	memset(l->image.bytes + page * l->t.page_size, 0, l->t.page_size);
}

static void mend_holes(struct live *l)
{
	u64 page;

	for (page = 0; page < l->slot->npages; page++)
		if (is_hole(page))
			punch_known(l, page);
}

/* So many hot pages, of those in the latter half. */
#define ECHO_HOLES 4

static u64 echo_hole(struct live *l, u64 i)
{
	return stream_hot_page(l->slot->npages, STREAM_HOT / 2 + i);
}

static bool is_echo_hole(struct live *l, u64 page)
{
	u64 i;

	for (i = 0; i < ECHO_HOLES; i++)
		if (page == echo_hole(l, i))
			return true;
	return false;
}

/* What the host has mapped as well is flushed from all TLBs when it goes. */
static void forget_host_mapping(struct live *l, u64 page)
{
	u64 size = l->t.page_size;

	if (subject_is_gmem(l->shape.subject))
		madvise(live_memory(l) + page * size, size, MADV_DONTNEED);
}

/*
 * What a vCPU stores the moment after a hole was punched is in the hole's new page,
 * and not, by an old TLB entry, in the one that is gone.  Of other pages another
 * scenario may have made the contents unknown.
 */
static void hole_echo(struct live *l)
{
	int i, j;

	for (i = 0; i < ECHOES && !report_failures(); i++) {
		for (j = 0; j < ECHO_HOLES; j++)
			forget_host_mapping(l, echo_hole(l, j));
		live_grant(l, WARM_OPS);
		live_let_run(l, WARM_OPS);
		live_replay(l);
		echo_begins(l);
		for (j = 0; j < ECHO_HOLES; j++, l->stats.holes++)
			punch_known(l, echo_hole(l, j));
		live_grant(l, ECHO_OPS);
		live_let_run(l, ECHO_OPS);
		echo_ends(l, is_echo_hole);
		live_replay(l);
		for (j = 0; j < ECHO_HOLES; j++)
			check_pages(l->slot, echo_hole(l, j), 1);
		live_harvest(l);
	}
}

static const char *no_small_holes(const struct subject *s, const struct log_mode *m)
{
	return s->whole_holes ?
		"a hole of a page does not free a huge page" : NULL;
}

/* --- threads -------------------------------------------------------------------- */

/* A helper that does @what again and again until it is stopped. */
static struct {
	pthread_t thread, host;
	bool stop;
	struct live *l;
	void (*what)(struct live *l, struct rng *r);
} helpers[2];

static void *helper_main(void *arg)
{
	typeof(helpers[0]) *h = arg;
	struct rng rng = { h->l->shape.seed };
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	while (!READ_ONCE(h->stop)) {
		h->what(h->l, &rng);
		usleep(rng_below(&rng, 500));
	}
	return NULL;
}

static void start_helper(int i, struct live *l,
			 void (*what)(struct live *l, struct rng *r))
{
	helpers[i].l = l;
	helpers[i].what = what;
	helpers[i].stop = false;
	helpers[i].host = pthread_self();
	TEST_ASSERT(!pthread_create(&helpers[i].thread, NULL, helper_main,
				    &helpers[i]), "no thread");
}

static void stop_helper(int i)
{
	WRITE_ONCE(helpers[i].stop, true);
	pthread_join(helpers[i].thread, NULL);
}

/* Signals end KVM_RUN, and the ioctls that look for them. */
static void send_signals(struct live *l, struct rng *rng)
{
	u32 i;

	if (stress_size.idle)
		return;
	for (i = 0; i < l->shape.vcpus; i++)
		pthread_kill(l->vcpus[i].thread, SIGUSR1);
	pthread_kill(helpers[0].host, SIGUSR1);
}

static void signals_begin(struct live *l)
{
	harvest_signals = true;
	start_helper(0, l, send_signals);
}

static void count_signals(struct live *l)
{
	l->stats.signals = harvest_signals_seen();
}

static void signals_end(struct live *l)
{
	stop_helper(0);
}

static void change_cpu(struct live *l, struct rng *rng)
{
	struct live_vcpu *v = &l->vcpus[rng_below(rng, l->shape.vcpus)];
	static int was[LIVE_MAX_VCPUS];
	cpu_set_t may, set;
	int cpu = 0;
	u64 n;

	if (stress_size.idle)
		return;
	vcpu_cpus(&may);
	for (n = rng_below(rng, CPU_COUNT(&may)); n || !CPU_ISSET(cpu, &may); cpu++)
		n -= CPU_ISSET(cpu, &may);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	vcpu_thread_pin(v, &set);
	/* Where it began is not known. */
	l->stats.cpus += was[v->id] && was[v->id] != cpu + 1;
	was[v->id] = cpu + 1;
}

static const char *one_cpu(const struct subject *s, const struct log_mode *m)
{
	cpu_set_t may;

	vcpu_cpus(&may);
	return CPU_COUNT(&may) < 2 ? "only one CPU" : NULL;
}

static void cpus_begin(struct live *l)
{
	start_helper(1, l, change_cpu);
}

static void cpus_end(struct live *l)
{
	stop_helper(1);
}

/* --- partial clears ---------------------------------------------------------------- */

#define CLEAR_THREADS 3

struct clearer {
	struct testslot *s;
	struct pageset *left;
	u64 first, seed;
	pthread_t thread;
	int error;
};

/* Every CLEAR_THREADS-th piece of 64 pages, and some of them not at all. */
static void *clear_pieces(void *arg)
{
	struct clearer *c = arg;
	struct rng rng = { c->seed };
	u64 word;

	for (word = c->first; word * 64 < c->s->npages; word += CLEAR_THREADS) {
		if (!stress_size.idle && !rng_below(&rng, 8)) {
			c->left->words[word] = c->s->reported.words[word];
			continue;
		}
		c->error = log_clear(c->s->t, c->s->id, word * 64,
				     min_t(u64, 64, c->s->npages - word * 64),
				     c->s->log + word);
		if (c->error)
			break;
	}
	return NULL;
}

static void threaded_collect(struct testvm *t)
{
	struct live *l = container_of(t, struct live, t);
	struct clearer c[CLEAR_THREADS];
	int i;

	log_collect(l->slot);
	for (i = 0; i < CLEAR_THREADS; i++) {
		c[i] = (struct clearer) {
			.s = l->slot, .left = &l->uncleared, .first = i,
			.seed = rng_u64(&l->rng),
		};
		TEST_ASSERT(!pthread_create(&c[i].thread, NULL, clear_pieces,
					    &c[i]), "no thread");
	}
	for (i = 0; i < CLEAR_THREADS; i++) {
		pthread_join(c[i].thread, NULL);
		if (c[i].error)
			report_fail("ioctl KVM_CLEAR_DIRTY_LOG failed errno=%d slot=%u",
				    -c[i].error, l->slot->id);
	}
	pageset_survey(&l->uncleared);
	l->stats.left += pageset_count(&l->uncleared);
}

static struct log_mode threaded;

static const char *not_clear(const struct subject *s, const struct log_mode *m)
{
	return m != &log_modes[LOG_CLEAR] ? "only where the log is cleared in pieces" : NULL;
}

static void clears_begin(struct live *l)
{
	threaded = *l->t.mode;
	threaded.collect = threaded_collect;
	l->t.mode = &threaded;
}

static const char *no_pml(const struct subject *s, const struct log_mode *m)
{
	return mmu_mode() == MMU_TDP_PML ? NULL : "no page modification log";
}

/* Other work keeps vCPUs from running while the host looks. */
static bool sync_is_rare(const struct live_stats *s)
{
	return s->sync_tries;
}

static const char *no_rings(const struct subject *s, const struct log_mode *m)
{
	return m->rings ? NULL : "only where there are rings";
}

static const char *not_ring(const struct subject *s, const struct log_mode *m)
{
	return m->rings_only ? NULL : "only where rings can be full";
}

/* ------------------------------------------------------------------------------- */

/* More than the smallest ring has entries, 1024 with PML: kvm_dirty_ring_get_rsvd_entries() */
#define STORM_PAGES 1100

#define STRADDLERS NEED("ops under way during a harvest", straddlers, 1, \
			.slow = activity_stalled)
#define ECHOED NEED("vCPUs whose TLBs were put to the test", echoes, 1,	\
		    .enough = 12, .slow = activity_all_exited)
#define TOGGLED NEED("logs switched on again", toggles, 1)
#define PUNCHED NEED("holes punched", holes, 1)
#define DIVERTED NEED("accesses that found no memslot", diverted, 1)

static bool can_move(const struct subject *s)
{
	return !subject_is_gmem(s) && !s->huge_pages;
}

/* Every subject in every log mode. */
static const struct variants all = { };
/* guest_memfd, and one control to compare it with, in every log mode. */
static const struct variants some = { .subject = subject_is_typical };
/* Placement has nothing to do with how the log is read, and rings do not kick. */
static const struct variants bitmap = { .subject = subject_is_typical, .modes = BIT(LOG_BITMAP) };
static const struct variants movable = { .subject = can_move };
static const struct variants clear = { .modes = BIT(LOG_CLEAR) };
static const struct variants ring_small = { .modes = BIT(LOG_RING_SMALL) };
/* Huge pages are split and made again while vCPUs write to them. */
static const struct variants split_huge = {
	.subject = subject_has_huge_pages,
	.modes = BIT(LOG_BITMAP) | BIT(LOG_INITSET) | BIT(LOG_RING),
};

const struct scenario scenarios[] = {
	{
		.name = "harvests",
		.about = "nothing but harvests, at random moments",
		.variants = &all,
		.needs = { STRADDLERS },
	}, {
		.name = "kicks",
		.about = "vCPUs leave KVM_RUN for each harvest, and may do nothing more",
		.variants = &some,
		.kicks = true,
		.needs = { NEED("harvests that vCPUs left KVM_RUN for", kicked, 1) },
	}, {
		.name = "sync",
		.about = "vCPUs leave their guests when a log is read, with PML",
		.variants = &bitmap,
		.spare = true,
		.unmaps = true,
		.needs = { NEED("vCPUs in their guests as a log was read", syncs, 16,
				.slow = sync_is_rare) },
		.unfit = no_pml,
		.begin = sync_begin,
		.act = sync_act,
		.end = sync_end,
	}, {
		.name = "clears",
		.about = "several threads clear pieces of the log, and leave some",
		.variants = &clear,
		.needs = { NEED("pages left in the log", left, 1) },
		.unfit = not_clear,
		.begin = clears_begin,
	}, {
		.name = "storms",
		.about = "so many pages that the rings are full again and again",
		.variants = &ring_small,
		.spread = true,
		.npages = STORM_PAGES,
		.needs = { NEED("full rings", full, 1) },
		.unfit = not_ring,
	}, {
		.name = "toggles",
		.about = "logging off and on again",
		.variants = &some,
		.besides = &split_huge,
		.needs = { TOGGLED, STRADDLERS },
		.act = toggle,
	}, {
		.name = "echoes",
		.about = "pages written the moment after they were harvested",
		.variants = &some,
		.apart = true,
		.hot = true,
		.spare = true,
		.needs = { ECHOED },
		.act = echo,
	}, {
		.name = "page_echoes",
		.about = "a memslot's only page written the moment after a harvest",
		.variants = &some,
		.apart = true,
		.hot = true,
		.spare = true,
		.npages = 1,
		.needs = { ECHOED },
		.act = echo,
	}, {
		.name = "one_word",
		.about = "a word of the log harvested while all of its pages are written",
		.variants = &some,
		.spread = true,
		.spare = true,
		.npages = WORD_PAGES,
		.needs = { STRADDLERS },
		.act = race_for_word,
	}, {
		.name = "toggle_echoes",
		.about = "pages written the moment after logging was switched on",
		.variants = &some,
		.apart = true,
		.hot = true,
		.spare = true,
		.needs = { TOGGLED, ECHOED },
		.begin = toggle_echoes_begin,
		.act = toggle_echo,
		.end = toggle_echoes_end,
	}, {
		.name = "slots",
		.about = "the memslot deleted and made again elsewhere",
		.variants = &some,
		.plain = true,
		.unmaps = true,
		.windows = 2,
		.needs = { NEED("memslots made again", slots, 1), DIVERTED },
		.act = recreate,
	}, {
		.name = "moves",
		.about = "the memslot moved",
		.variants = &movable,
		.plain = true,
		.unmaps = true,
		.windows = 2,
		.needs = { NEED("moves", slots, 1), DIVERTED },
		.unfit = cannot_move,
		.act = move,
	}, {
		.name = "neighbours",
		.about = "other memslots added and removed",
		.variants = &some,
		.unmaps = true,
		.needs = { NEED("memslots that came or went", neighbours, 2), STRADDLERS },
		.begin = neighbours_begin,
		.act = neighbours,
		.end = neighbours_end,
	}, {
		.name = "holes",
		.about = "pages punched out of the memory and filled again",
		.variants = &some,
		.apart = true,
		.unmaps = true,
		.unfit = no_small_holes,
		.needs = { PUNCHED, STRADDLERS },
		.act = punch,
		.mend = mend_holes,
	}, {
		.name = "hole_echoes",
		.about = "pages written the moment after they were punched out",
		.variants = &some,
		.plain = true,
		.apart = true,
		.hot = true,
		.unmaps = true,
		.spare = true,
		.unfit = no_small_holes,
		.needs = { PUNCHED, ECHOED },
		.act = hole_echo,
	}, {
		.name = "fresh_toggles",
		.about = "logging off and on while vCPUs fault in what was punched out",
		.variants = &some,
		.apart = true,
		.spread = true,
		.unmaps = true,
		.unfit = no_small_holes,
		.needs = { PUNCHED, TOGGLED, STRADDLERS },
		.act = punch_and_toggle,
		.mend = mend_holes,
	}, {
		.name = "signals",
		.about = "signals to vCPUs and to who resets rings",
		.variants = &some,
		.needs = {
			NEED("signals to who harvests", signals, 1),
			NEED("resets that a signal ended", interrupted, 1,
			     .slow = activity_missed_resets, .unfit = no_rings),
		},
		.begin = signals_begin,
		.act = count_signals,
		.end = signals_end,
	}, {
		.name = "cpus",
		.about = "vCPUs change from host CPU to host CPU",
		.variants = &some,
		.needs = { NEED("vCPUs moved to another CPU", cpus, 1), STRADDLERS },
		.unfit = one_cpu,
		.begin = cpus_begin,
		.end = cpus_end,
	}, {
		.name = "vms",
		.about = "several VMs at once",
		.variants = &some,
		.vms = 3,
		.needs = { STRADDLERS },
	}, {
		.name = "numa_near",
		.about = "memory and vCPUs on one NUMA node",
		.variants = &bitmap,
		.unfit = numa_one_node,
		.begin = numa_near,
		.needs = { STRADDLERS },
		.end = numa_verify,
	}, {
		.name = "numa_far",
		.about = "memory on one NUMA node, vCPUs on another",
		.variants = &bitmap,
		.unfit = numa_one_node,
		.begin = numa_far,
		.needs = { STRADDLERS },
		.end = numa_verify,
	}, {
		.name = "numa_interleaved",
		.about = "memory spread page by page over all NUMA nodes",
		.variants = &bitmap,
		.unfit = numa_one_node,
		.begin = numa_interleaved,
		.needs = { STRADDLERS },
		.end = numa_verify,
	}, {
		.name = "precopy",
		.about = "a migration, to a VM that goes on from the copy",
		.variants = &some,
		.run = stress_precopy,
	}, {
		.name = "snapshots",
		.about = "a full snapshot and diffs of it, some of which fail, and a VM from them",
		.variants = &some,
		.run = stress_snapshots,
	},
};

const unsigned int nr_scenarios = ARRAY_SIZE(scenarios);

const char *scenario_names[ARRAY_SIZE(scenarios) + 1];
