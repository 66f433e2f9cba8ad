/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the measurements of gmem_dirty_perf share: one memslot, vCPUs that write
 * it, the steps of one harvest, and the file the results go to.
 *
 * gmem_dirty_perf.c lists the tests; each is a function perf_<name>() here.
 * docs/performance.md describes every metric and the format of the results.
 */
#ifndef PERF_H
#define PERF_H

#include <pthread.h>

#include "harvest.h"
#include "registry.h"
#include "report.h"
#include "testvm.h"
#include "where.h"

#include "guest_perf.h"

#define PERF_SLOT 1
#define PERF_MAX_LIST 8
#define PERF_MAX_VCPUS 64

/*
 * @out:	file to append results to; NULL: stdout, behind "# "
 * @samples, @warmup: how often each thing is measured, and done before that
 * @vcpus:	that write
 * @sizes:	of the memslot, in bytes
 * @strides:	one page in so many is dirtied
 * @duration:	of one sample of a rate, in ms
 * @period:	between two harvests, or two switches of the log, meanwhile; in ms
 * @node:	the NUMA node that the memslot's memory is bound to; -1: none
 * @icount:	the machine's clock counts instructions
 * @cpus, @nr_cpus: where the host's thread runs, and then each vCPU's
 */
struct perf_options {
	const char *out;
	u64 samples, warmup, vcpus, duration, period;
	u64 sizes[PERF_MAX_LIST], strides[PERF_MAX_LIST], cpus[PERF_MAX_VCPUS + 1];
	unsigned int nr_sizes, nr_strides, nr_cpus;
	u64 node;
	bool icount;
};

extern struct perf_options perf_options;

/* Read the command line: this program's options and those of every program. */
void perf_options_parse(int argc, char **argv);

/*
 * A thing that is measured.
 *
 * @unit:	of its samples; "ns" becomes "instructions" with --icount
 * @higher:	more is better
 */
struct metric {
	const char *name;
	const char *unit;
	bool higher;
};

extern const struct metric enable_log, disable_log, get_dirty_log,
	clear_dirty_log, ring_collect, ring_reset, first_write, rewrite,
	warm_write, write_rate, longest_stall, populate, diff_snapshot;

/*
 * Samples of one metric under one set of conditions.
 *
 * @dirty_pages: in what is measured, 0 where the word means nothing
 * @key, @value: one condition more, or NULL
 */
struct result {
	const struct metric *metric;
	u64 dirty_pages;
	const char *key, *value;
	double *samples;
	unsigned int nr, max;
};

void result_init(struct result *r, const struct metric *m, u64 dirty_pages,
		 const char *key, const char *value);
void result_add(struct result *r, double sample);

struct perf;

/*
 * One step of a harvest in a log mode: an ioctl, or the walk over rings.
 */
struct log_step {
	const struct metric *metric;
	void (*run)(struct perf *p);
};

#define PERF_MAX_STEPS 3

/* Those of @mode, which end with one without @run. */
const struct log_step *perf_steps(const struct log_mode *mode);

/*
 * One vCPU.
 *
 * @sweep, @sweep_gva: what it is told, as host and guest see it
 */
struct writer {
	struct perf *p;
	int vcpu;
	struct sweep *sweep;
	u64 sweep_gva;
	const struct guest_kind *kind;
	pthread_t thread;
};

/*
 * @b:		the memory of the memslot
 * @bytes, @npages: its size
 * @gva:	where the guest maps it
 * @steps:	of a harvest, see perf_steps()
 * @bitmap:	what the last harvest reported
 * @ring_lock:	held by whoever harvests rings
 * @ticks_per_ns: of read_clock()
 * @attached:	the memslot exists
 */
struct perf {
	struct testvm t;
	struct backing b;
	u64 bytes, npages;
	u64 gva;
	const struct log_step *steps;
	u64 *bitmap;
	struct writer writers[PERF_MAX_VCPUS];
	pthread_mutex_t ring_lock;
	double ticks_per_ns;
	bool attached;
};

void perf_create(struct perf *p, const struct subject *s,
		 const struct log_mode *m);
void perf_destroy(struct perf *p);

/* New memory of @bytes as the memslot, mapped by the guest; logged or not. */
void perf_attach(struct perf *p, u64 bytes, bool log);
void perf_detach(struct perf *p);

/* Is the memory on the vCPUs' node, "near", or "far"?  NULL: not bound. */
const char *perf_placement(void);

/*
 * Switch the log of the memslot.  Returns the ticks it took.  The test ends as
 * skipped when the kernel refuses it for guest_memfd.
 */
u64 perf_set_log(struct perf *p, bool on);

/* Harvest, of which nothing is kept but the bitmap. */
void perf_drain(struct perf *p);
/* Rings alone, whether logged or not. */
void perf_empty_rings(struct perf *p);

/* How many pages one harvest can be asked to have when one in @stride is. */
u64 perf_dirty_pages(const struct perf *p, u64 stride);

/*
 * Have the vCPUs do @kind to @nr pages of the memslot, every @stride-th, each a
 * part of them; returns when all have.  perf_start() does not wait.
 */
void perf_run(struct perf *p, const struct guest_kind *kind, u64 nr, u64 stride);
void perf_start(struct perf *p, const struct guest_kind *kind, u64 nr, u64 stride);
void perf_wait(struct perf *p);
/* All of it, so that KVM has all of it mapped. */
void perf_fill(struct perf *p);

double perf_ns(const struct perf *p, u64 ticks);

/* Write @r as one line of JSON and free its samples. */
void perf_write(const struct perf *p, struct result *r);

/* Learn what is to be known of this machine; once, before any test. */
void environment_init(int argc, char **argv, const char *const *extra,
		      unsigned int nr_extra);
/* As a JSON object, without what changes from test to test. */
const char *environment_json(void);
/*
 * Reasons why times of this machine, measured since the last call, cannot be
 * compared; a JSON array.
 */
const char *environment_noise(void);

/* What is measured is in log.c and writes.c: every subject in the log modes that differ. */
extern const struct variants measured;

/* Opens the body of a test, which is registered by it; struct perf *p is what it has. */
#define PERF_TEST(name)	SUITE_TEST(name, measured, struct perf)(struct perf *p)

#endif
