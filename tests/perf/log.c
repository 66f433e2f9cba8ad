// SPDX-License-Identifier: GPL-2.0-only
/* What the log's own interface costs. */
#include <fcntl.h>
#include <sys/mman.h>

#include "perf.h"

const struct metric enable_log = { "enable_log", "ns", false };
const struct metric disable_log = { "disable_log", "ns", false };
const struct metric get_dirty_log = { "get_dirty_log", "ns", false };
const struct metric clear_dirty_log = { "clear_dirty_log", "ns", false };
const struct metric ring_collect = { "ring_collect", "ns", false };
const struct metric ring_reset = { "ring_reset", "ns", false };
const struct metric diff_snapshot = { "diff_snapshot", "ns", false };

static void run_get(struct perf *p)
{
	int r = log_get(&p->t, PERF_SLOT, p->bitmap);

	if (r)
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d", -r);
}

static void run_clear(struct perf *p)
{
	int r = log_clear(&p->t, PERF_SLOT, 0, p->npages, p->bitmap);

	if (r)
		report_fatal("ioctl KVM_CLEAR_DIRTY_LOG failed errno=%d", -r);
}

static void collect_vcpu(struct perf *p, struct kvm_vcpu *vcpu)
{
	struct kvm_dirty_gfn *e;

	while ((e = ring_entry(vcpu, 0))) {
		if (e->slot == PERF_SLOT && e->offset < p->npages)
			p->bitmap[e->offset / 64] |= 1ull << (e->offset % 64);
		ring_consume(vcpu, e);
	}
}

/* What the mode's bitmap has found, if it has one, is in p->bitmap already. */
static void run_collect(struct perf *p)
{
	int i;

	if (!log_has_bitmap(&p->t))
		memset(p->bitmap, 0, (p->npages / 64 + 1) * sizeof(u64));
	for (i = 0; i < p->t.nr_vcpus; i++)
		collect_vcpu(p, p->t.vcpus[i]);
}

static void run_reset(struct perf *p)
{
	kvm_vm_reset_dirty_ring(p->t.vm);
}

/* The steps of a harvest in each log mode that is worth measuring apart. */
static const struct log_step steps[][PERF_MAX_STEPS] = {
	[LOG_BITMAP] = { { &get_dirty_log, run_get } },
	[LOG_CLEAR] = { { &get_dirty_log, run_get }, { &clear_dirty_log, run_clear } },
	[LOG_INITSET] = { { &get_dirty_log, run_get }, { &clear_dirty_log, run_clear } },
	[LOG_RING] = { { &ring_collect, run_collect }, { &ring_reset, run_reset } },
	[LOG_RING_BITMAP] = { { &get_dirty_log, run_get }, { &ring_collect, run_collect },
			      { &ring_reset, run_reset } },
};

/* Every subject in these modes. */
const struct variants measured = {
	.modes = BIT(LOG_BITMAP) | BIT(LOG_CLEAR) | BIT(LOG_INITSET) | BIT(LOG_RING) |
		 BIT(LOG_RING_BITMAP),
};

const struct log_step *perf_steps(const struct log_mode *mode)
{
	const unsigned int i = mode - log_modes;

	if (i >= ARRAY_SIZE(steps) || !steps[i][0].run)
		report_fatal("no steps to measure for log mode %s", mode->name);
	return steps[i];
}

/* @ticks: what each step took, or NULL */
static void run_log_steps(struct perf *p, u64 *ticks)
{
	const struct log_step *step = p->steps;
	int i;

	pthread_mutex_lock(&p->ring_lock);
	for (i = 0; i < PERF_MAX_STEPS && step[i].run; i++) {
		u64 start = read_clock();

		step[i].run(p);
		if (ticks)
			ticks[i] = read_clock() - start;
	}
	pthread_mutex_unlock(&p->ring_lock);
}

void perf_drain(struct perf *p)
{
	run_log_steps(p, NULL);
}

void perf_empty_rings(struct perf *p)
{
	pthread_mutex_lock(&p->ring_lock);
	run_collect(p);
	run_reset(p);
	pthread_mutex_unlock(&p->ring_lock);
}

static void measure_steps(struct perf *p, u64 stride)
{
	const struct log_step *step = p->steps;
	u64 i, nr = perf_dirty_pages(p, stride), ticks[PERF_MAX_STEPS];
	struct result r[PERF_MAX_STEPS];
	int j;

	for (j = 0; j < PERF_MAX_STEPS && step[j].run; j++)
		result_init(&r[j], step[j].metric, nr, NULL, NULL);
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		perf_run(p, &fill_pages, nr, stride);
		run_log_steps(p, ticks);
		for (j = 0; i >= perf_options.warmup && j < PERF_MAX_STEPS && step[j].run; j++)
			result_add(&r[j], perf_ns(p, ticks[j]));
	}
	for (j = 0; j < PERF_MAX_STEPS && step[j].run; j++)
		perf_write(p, &r[j]);
}

/* Each step of a harvest, by how much of the memslot is dirty. */
PERF_TEST(harvest)
{
	unsigned int i, j;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		perf_attach(p, perf_options.sizes[i], true);
		perf_fill(p);
		perf_drain(p);
		for (j = 0; j < perf_options.nr_strides; j++)
			measure_steps(p, perf_options.strides[j]);
		perf_detach(p);
	}
}

static void measure_switch(struct perf *p)
{
	struct result on, off;
	u64 i;

	result_init(&on, &enable_log, 0, "load", "idle");
	result_init(&off, &disable_log, 0, "load", "idle");
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		double t[2];

		perf_fill(p);
		t[0] = perf_ns(p, perf_set_log(p, true));
		perf_fill(p);
		t[1] = perf_ns(p, perf_set_log(p, false));
		ring_discard(&p->t, -1);
		if (i < perf_options.warmup)
			continue;
		result_add(&on, t[0]);
		result_add(&off, t[1]);
	}
	perf_write(p, &on);
	perf_write(p, &off);
}

/* Logging goes on and off over a memslot that is mapped in full. */
PERF_TEST(log_switch)
{
	unsigned int i;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		perf_attach(p, perf_options.sizes[i], false);
		measure_switch(p);
		perf_detach(p);
	}
}

/* Into a file, as whoever takes snapshots does. */
static void copy_reported(const struct perf *p, int image)
{
	u64 page, size = p->t.page_size;

	for (page = 0; page < p->npages; page++)
		if (p->bitmap[page / 64] >> (page % 64) & 1 &&
		    pwrite(image, p->b.hva + page * size, size, page * size) != size)
			report_fatal("page %lu cannot be copied errno=%d", page, errno);
}

static void measure_snapshot(struct perf *p, u64 stride, int image)
{
	u64 i, start, nr = perf_dirty_pages(p, stride);
	struct result r;

	result_init(&r, &diff_snapshot, nr, NULL, NULL);
	for (i = 0; i < perf_options.warmup + perf_options.samples; i++) {
		perf_run(p, &fill_pages, nr, stride);
		start = read_clock();
		run_log_steps(p, NULL);
		copy_reported(p, image);
		if (i >= perf_options.warmup)
			result_add(&r, perf_ns(p, read_clock() - start));
	}
	perf_write(p, &r);
}

/* A harvest, and a copy of every page it reports. */
PERF_TEST(snapshot)
{
	unsigned int i, j;

	for (i = 0; i < perf_options.nr_sizes; i++) {
		u64 size = perf_options.sizes[i];
		int image = memfd_create("image", MFD_CLOEXEC);

		TEST_ASSERT(image >= 0 && !fallocate(image, 0, 0, size),
			    "memfd of %lu bytes failed", size);
		perf_attach(p, size, true);
		perf_fill(p);
		perf_drain(p);
		for (j = 0; j < perf_options.nr_strides; j++)
			measure_snapshot(p, perf_options.strides[j], image);
		perf_detach(p);
		close(image);
	}
}
