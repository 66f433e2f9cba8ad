/* SPDX-License-Identifier: GPL-2.0-only */
/* What gmem_dirty_stress does to live VMs. */
#ifndef STRESS_H
#define STRESS_H

#include "live.h"
#include "registry.h"
#include "report.h"

#define STRESS_MAX_VMS 4
/* The smallest sizes of which a scenario's needs are demanded. */
#define STRESS_PAGES 515
#define STRESS_OPS 512
/* vCPUs by default, on machines that have as many CPUs. */
#define STRESS_VCPUS 4

/*
 * The size of a run, from the command line.
 *
 * @vcpus, @pages: of each VM
 * @ops:	at most so many by a vCPU between two harvests
 * @harvests:	of each VM
 * @with:	scenarios to combine every test with, bit i for scenarios[i]
 * @idle:	for tests of the suite: nothing happens that a scenario consists of
 */
struct stress_size {
	u64 vcpus, pages, ops, harvests, with, idle;
};

extern struct stress_size stress_size;

#define STRESS_NEEDS 3

/*
 * What must have happened at least @min times, or the test has shown nothing and is
 * no pass: a failure, or skipped where @slow says that the machine is to blame.
 *
 * @counter:	where in struct live_stats it is counted: NEED()
 * @enough:	more than @min where a single time may find nothing: the scenario goes on for
 *		a while until it has been so often, and is content with less
 * @slow:	is it known from what was counted that this machine cannot?  NULL: no
 *		machine is that slow
 * @unfit:	where it is not needed, see struct scenario
 */
struct need {
	const char *what;
	size_t counter;
	u64 min, enough;
	bool (*slow)(const struct live_stats *s);
	const char *(*unfit)(const struct subject *s, const struct log_mode *m);
};

#define NEED(name, member, least, ...)					\
	{ .what = name, .counter = offsetof(struct live_stats, member),	\
	  .min = least, ##__VA_ARGS__ }

/*
 * Something that happens while vCPUs run, and its test.
 *
 * @variants, @besides: subjects and log modes of the test; @besides may be NULL
 * @run:	does all of the test, which cannot be combined with others: such rows are
 *		the last ones; or NULL
 * @plain, @apart, @spread, @kicks, @unmaps, @windows: what it asks of a VM, as in struct live_shape
 * @hot:	as there, unless it is combined with what wants other pages
 * @spare:	a CPU of the host is left to the thread that harvests: what it
 *		preempts loses its TLB
 * @npages:	of the memslot, unless it is combined with what wants more; 0 means
 *		what the command line says
 * @vms:	how many run at once; 0 means one
 * @needs:	what must have happened at the end; unused ones have no @what
 * @unfit:	why it cannot be with this subject and log mode, or NULL
 * @begin, @end: before the first and after the last harvest
 * @act:	now and then between two harvests
 * @mend:	with the vCPUs stopped, puts right what cannot be predicted; the
 *		run then goes on for a while without the scenario
 */
struct scenario {
	const char *name;
	const char *about;
	const struct variants *variants, *besides;
	void (*run)(const struct subject *subject, const struct log_mode *mode);
	bool plain, apart, spread, hot, kicks, unmaps, spare;
	int windows;
	u64 npages;
	u32 vms;
	struct need needs[STRESS_NEEDS];
	const char *(*unfit)(const struct subject *s, const struct log_mode *m);
	void (*begin)(struct live *l);
	void (*act)(struct live *l);
	void (*end)(struct live *l);
	void (*mend)(struct live *l);
};

extern const struct scenario scenarios[];
extern const unsigned int nr_scenarios;

/* Names of all, ended by NULL. */
extern const char *scenario_names[];

/* sync.c: vCPUs are kicked when a log is read */
void sync_begin(struct live *l);
void sync_act(struct live *l);
void sync_end(struct live *l);

/* Run the scenario of that name, and what the options add to it. */
void stress_run(const struct subject *subject, const struct log_mode *mode,
		const char *name);

/* How many vCPUs a VM has when nobody says it. */
u32 stress_default_vcpus(void);

/* What a VM of this size is made like. */
struct live_shape stress_shape(const struct subject *subject,
			       const struct log_mode *mode, u64 seed);

/* One interval: the vCPUs run on for a while, and a harvest. */
void stress_step(struct live *l);

/* Stop, harvest once more, and compare all there is to compare. */
void stress_finish(struct live *l);

/*
 * activity.c: has what @needs, STRESS_NEEDS of them, ask for happened to @l and the
 * VMs beside it, all of whose statistics are in @s; with @enough, as often as is enough?
 * Not demanded of runs that are smaller than the default, as those that shrink.c looks
 * for.
 */
bool activity_demanded(void);
bool activity_unmet(const struct live *l, const struct live_stats *s,
		    const struct need *needs, bool enough);
/* Ends the test if not, unless it has failed already. */
void activity_check(const struct live *l, const struct live_stats *s,
		    const struct need *needs);
bool activity_stalled(const struct live_stats *s);
bool activity_all_exited(const struct live_stats *s);
bool activity_missed_resets(const struct live_stats *s);

/* snapshot.c: migrations that end in another VM */
void stress_precopy(const struct subject *subject, const struct log_mode *mode);
void stress_snapshots(const struct subject *subject, const struct log_mode *mode);

/* numa.c: where memory and vCPUs are */
const char *numa_one_node(const struct subject *s, const struct log_mode *m);
void numa_near(struct live *l);
void numa_far(struct live *l);
void numa_interleaved(struct live *l);
void numa_verify(struct live *l);

/* stats.c: what the tests of this run did; shared with the harness' children */
void stats_init(void);
/* This process, not the one that called that, prints them. */
void stats_claim(void);
/* Does this process print them, and is there anything to tell? */
bool stats_is_ours(void);
void stats_add(const char *test, const struct live_stats *s);
/* Add numbers to numbers. */
void stats_sum_up(struct live_stats *sum, const struct live_stats *s);
/* The verdict of a test, an exit status of the harness. */
void stats_verdict(const char *test, int verdict);
/* A table on comment lines, a line a scenario. */
void stats_print(void);
/* All tests so far. */
struct live_stats stats_sum(void);
/* The first test that failed, or NULL. */
const char *stats_failed(void);

/* shrink.c: find a smaller run of @test that fails as well, and print it */
void shrink(const char *test, u64 seconds);

/*
 * soak.c: run the selected tests with one seed after another, for so many @seconds
 * or until so many @seeds had their turn; 0: no such limit.  Exit status.
 */
int soak(u64 seconds, u64 seeds, int (*run)(void));

#endif
