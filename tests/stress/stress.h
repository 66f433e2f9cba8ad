/* SPDX-License-Identifier: GPL-2.0-only */
/* What gmem_dirty_stress does to live VMs. */
#ifndef STRESS_H
#define STRESS_H

#include "live.h"
#include "report.h"

#define STRESS_MAX_VMS 4

/*
 * The size of a run, from the command line.
 *
 * @vcpus, @pages: of each VM
 * @ops:	at most so many by a vCPU between two harvests
 * @harvests:	of each VM
 * @with:	scenarios to combine every test with, bit i for scenarios[i]
 */
struct stress_size {
	u64 vcpus, pages, ops, harvests, with;
};

extern struct stress_size stress_size;

/*
 * Something that happens while vCPUs run.
 *
 * @plain, @apart, @spread, @unmaps, @windows: what it asks of a VM, as in struct live_shape
 * @hot:	as there, unless it is combined with what wants other pages
 * @spare:	a CPU of the host is left to the thread that harvests: what it
 *		preempts loses its TLB
 * @npages:	of the memslot, unless it is combined with what wants more; 0 means
 *		what the command line says
 * @vms:	how many run at once; 0 means one
 * @unfit:	why it cannot be with this subject and log mode, or NULL
 * @begin, @end: before the first and after the last harvest
 * @act:	now and then between two harvests
 * @mend:	with the vCPUs stopped, puts right what cannot be predicted; the
 *		run then goes on for a while without the scenario
 */
struct scenario {
	const char *name;
	const char *about;
	bool plain, apart, spread, hot, unmaps, spare;
	int windows;
	u64 npages;
	u32 vms;
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

/* Run the scenario of that name, and what the options add to it. */
void stress_run(const struct subject *subject, const struct log_mode *mode,
		const char *name);

/* What a VM of this size is made like. */
struct live_shape stress_shape(const struct subject *subject,
			       const struct log_mode *mode, u64 seed);

/* One interval: the vCPUs run on for a while, and a harvest. */
void stress_step(struct live *l);

/* Stop, harvest once more, and compare all there is to compare. */
void stress_finish(struct live *l);

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
