// SPDX-License-Identifier: GPL-2.0-only
/* What the guest notices of logging. */
#include "perf.h"

const struct metric first_write = { "first_write", "ns", false };
const struct metric rewrite = { "rewrite", "ns", false };
const struct metric warm_write = { "warm_write", "ns", false };
const struct metric write_rate = { "write_rate", "writes/s", true };
const struct metric longest_stall = { "longest_stall", "ns", false };
const struct metric populate = { "populate", "ns", false };

/* Pages that are timed one by one: spread over the memslot, a few for each vCPU. */
static u64 timed_pages(const struct perf *p)
{
	return min_t(u64, p->npages, 128 * p->t.nr_vcpus);
}

static void add_ticks(struct perf *p, struct result *r)
{
	u64 i;
	int v;

	for (v = 0; v < p->t.nr_vcpus; v++)
		for (i = 0; i < p->writers[v].sweep->nr; i++)
			result_add(r, perf_ns(p, p->writers[v].sweep->ticks[i]));
}

static void time_pages(struct perf *p, struct result *r, bool keep)
{
	u64 nr = timed_pages(p);

	perf_run(p, &sweep_pages, nr, p->npages / nr);
	if (keep)
		add_ticks(p, r);
}

static void measure_writes(struct perf *p)
{
	struct result first, again, warm;
	u64 i;

	result_init(&first, &first_write, 0, NULL, NULL);
	result_init(&again, &rewrite, 0, NULL, NULL);
	result_init(&warm, &warm_write, 0, NULL, NULL);
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		bool keep = i >= perf_options.warmup;

		backing_drop(&p->b, 0, p->bytes);
		time_pages(p, &first, keep);
		perf_drain(p);
		time_pages(p, &again, keep);
		time_pages(p, &warm, keep);
	}
	perf_write(p, &first);
	perf_write(p, &again);
	perf_write(p, &warm);
}

/*
 * One write to a page that is logged: never touched, harvested since its last
 * write, and neither.
 */
PERF_TEST(writes)
{
	unsigned int i;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		perf_attach(p, perf_options.sizes[i], true);
		measure_writes(p);
		perf_detach(p);
	}
}

static void measure_populate(struct perf *p, const char *log)
{
	struct result r;
	u64 i, start;

	result_init(&r, &populate, 0, "log", log);
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		backing_drop(&p->b, 0, p->bytes);
		start = read_clock();
		perf_run(p, &fill_pages, p->npages, 1);
		if (i >= perf_options.warmup)
			result_add(&r, perf_ns(p, read_clock() - start));
		if (!strcmp(log, "on"))
			perf_drain(p);
	}
	perf_write(p, &r);
}

/* The guest touches all of a memslot that has no memory yet. */
PERF_TEST(fill_all)
{
	unsigned int i;
	bool log;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		for (log = false;; log = true) {
			perf_attach(p, perf_options.sizes[i], log);
			measure_populate(p, log ? "on" : "off");
			perf_detach(p);
			if (log)
				break;
		}
	}
}

/* Writes of all vCPUs in a second, and the longest that one of them waited. */
static void add_rate(struct perf *p, struct result *rate, struct result *stall)
{
	double writes = 0;
	u64 longest = 0;
	int i;

	for (i = 0; i < p->t.nr_vcpus; i++) {
		const struct sweep *s = p->writers[i].sweep;

		writes += s->writes * 1e9 / perf_ns(p, s->elapsed);
		longest = max_t(u64, longest, s->longest);
	}
	result_add(rate, writes);
	result_add(stall, perf_ns(p, longest));
}

/* The vCPUs write for a while, and the host calls @disturb every period. */
static void write_disturbed(struct perf *p, void (*disturb)(struct perf *p))
{
	u64 i, times = perf_options.duration / perf_options.period;

	perf_start(p, &hammer_pages, p->npages, 1);
	for (i = 1; disturb && i < times; i++) {
		usleep(1000 * perf_options.period);
		disturb(p);
	}
	perf_wait(p);
}

static void measure_rate(struct perf *p, const char *condition,
			 void (*disturb)(struct perf *p))
{
	struct result rate, stall;
	u64 i;

	result_init(&rate, &write_rate, 0, "log", condition);
	result_init(&stall, &longest_stall, 0, "log", condition);
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		write_disturbed(p, disturb);
		if (i >= perf_options.warmup)
			add_rate(p, &rate, &stall);
	}
	perf_write(p, &rate);
	perf_write(p, &stall);
}

/* How fast the guest writes: not logged, logged, and harvested all the time. */
PERF_TEST(rates)
{
	unsigned int i;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		perf_attach(p, perf_options.sizes[i], false);
		perf_fill(p);
		measure_rate(p, "off", NULL);
		perf_detach(p);
		perf_attach(p, perf_options.sizes[i], true);
		perf_fill(p);
		measure_rate(p, "on", NULL);
		measure_rate(p, "harvested", perf_drain);
		perf_detach(p);
	}
}

/* Where toggle_log() leaves what it measures. */
static struct result *toggle_on, *toggle_off;

static void toggle_log(struct perf *p)
{
	result_add(toggle_on, perf_ns(p, perf_set_log(p, true)));
	usleep(500 * perf_options.period);
	result_add(toggle_off, perf_ns(p, perf_set_log(p, false)));
	if (p->t.vm->dirty_ring_size)
		perf_empty_rings(p);
}

static void measure_toggled(struct perf *p)
{
	struct result on, off;

	result_init(&on, &enable_log, 0, "load", "writing");
	result_init(&off, &disable_log, 0, "load", "writing");
	toggle_on = &on;
	toggle_off = &off;
	measure_rate(p, "toggled", toggle_log);
	perf_write(p, &on);
	perf_write(p, &off);
}

/* The log goes on and off while the guest writes. */
PERF_TEST(toggled)
{
	unsigned int i;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		perf_attach(p, perf_options.sizes[i], false);
		perf_fill(p);
		/* Ask once before there are threads: this ends as a skip. */
		perf_set_log(p, true);
		perf_set_log(p, false);
		measure_toggled(p);
		perf_detach(p);
	}
}
