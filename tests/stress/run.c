// SPDX-License-Identifier: GPL-2.0-only
/* Runs of live VMs: intervals, scenarios, and the end. */
#include "check.h"
#include "options.h"
#include "stress.h"
#include "vcpu.h"

struct stress_size stress_size = {
	.pages = STRESS_PAGES,
	.ops = STRESS_OPS,
	.harvests = 16,
};

/* So many harvests more at most, until a test has shown what it is for. */
#define MAX_INSIST 64
/* Steps more for what has happened, but not often. */
#define MAX_MORE 8

/* What several scenarios ask for together. */
struct plan {
	const struct scenario *list[64];
	int nr;
	u32 vms;
};

static const struct scenario *find_scenario(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_scenarios; i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	report_fatal("no scenario %s", name);
}

/*
 * One CPU is left to the thread that harvests, but for this there are no fewer than
 * two vCPUs: of two on two CPUs it displaces one, and the other is in its guest.
 */
static u32 spared(u32 vcpus)
{
	cpu_set_t cpus;

	vcpu_cpus(&cpus);
	return min_t(u32, vcpus, max(CPU_COUNT(&cpus) - 1, 2));
}

u32 stress_default_vcpus(void)
{
	cpu_set_t cpus;

	vcpu_cpus(&cpus);
	return max(2, min(CPU_COUNT(&cpus), STRESS_VCPUS));
}

static void add(struct plan *p, struct live_shape *shape,
		const struct scenario *s)
{
	const char *why = s->unfit ? s->unfit(shape->subject, shape->mode) : NULL;

	if (why)
		report_skip(why);
	p->list[p->nr++] = s;
	if (s->spare)
		shape->vcpus = spared(shape->vcpus);
	p->vms = max_t(u32, p->vms, s->vms);
	shape->plain |= s->plain;
	shape->apart |= s->apart;
	shape->spread |= s->spread;
	shape->hot &= s->hot;
	shape->kicks |= s->kicks && !stress_size.idle;
	shape->unmaps |= s->unmaps;
	shape->npages = max_t(u64, shape->npages, s->npages ?: stress_size.pages);
	shape->windows = max_t(int, shape->windows, s->windows);
}

struct live_shape stress_shape(const struct subject *subject,
			       const struct log_mode *mode, u64 seed)
{
	return (struct live_shape) {
		.subject = subject,
		.mode = mode,
		.seed = seed,
		.vcpus = stress_size.vcpus,
		.npages = stress_size.pages,
		.windows = 1,
	};
}

/* Too few to fill a ring, and done when the harvest begins. */
#define IDLE_OPS 16

/*
 * Harvest after all they may do, or half of it, or a quarter ...: often soon
 * enough that vCPUs have not left their guests since the last harvest, for what
 * a TLB still holds then is gone when they do.
 */
void stress_step(struct live *l)
{
	/* Where no page is written often, many are. */
	u64 ops = stress_size.ops * (l->shape.spread ? 4 : 1);

	if (stress_size.idle) {
		live_grant(l, IDLE_OPS);
		live_let_run(l, IDLE_OPS);
	} else {
		live_grant(l, ops);
		live_let_run(l, ops >> rng_below(&l->rng, 12));
	}
	live_harvest(l);
}

/* @always: all that it can, not just now and then. */
static void act(const struct plan *p, struct live *l, bool always)
{
	int i;

	if (stress_size.idle)
		return;
	for (i = 0; i < p->nr; i++)
		if (p->list[i]->act && (!rng_below(&l->rng, 3) || always))
			p->list[i]->act(l);
}

/* Scenarios act on the first VM; the others have only harvests. */
static void run_steps(const struct plan *p, struct live *l, u64 steps, bool always)
{
	u32 vm;

	for (; steps && !report_failures(); steps--) {
		for (vm = 0; vm < p->vms; vm++)
			stress_step(&l[vm]);
		act(p, l, always);
	}
}

static bool mends(const struct plan *p)
{
	int i;

	for (i = 0; i < p->nr; i++)
		if (p->list[i]->mend)
			return true;
	return false;
}

static void mend(const struct plan *p, struct live *l)
{
	int i;

	live_stop(l);
	live_harvest(l);
	live_replay(l);
	for (i = 0; i < p->nr; i++)
		if (p->list[i]->mend)
			p->list[i]->mend(l);
	live_start(l, 0);
}

static struct live_stats sum_of_vms(const struct plan *p, struct live *l)
{
	struct live_stats sum = { };
	u32 vm;

	for (vm = 0; vm < p->vms; vm++) {
		l[vm].stats.interrupted = l[vm].t.nr_interrupted;
		stats_sum_up(&sum, &l[vm].stats);
	}
	return sum;
}

static bool plan_unmet(const struct plan *p, struct live *l, bool enough)
{
	struct live_stats sum = sum_of_vms(p, l);
	int i;

	for (i = 0; i < p->nr; i++)
		if (activity_unmet(l, &sum, p->list[i]->needs, enough))
			return true;
	return false;
}

/* More of it, should what a scenario needs not have come about by chance. */
static void insist(const struct plan *p, struct live *l, bool enough, int steps)
{
	for (; steps && !report_failures() && plan_unmet(p, l, enough); steps--)
		run_steps(p, l, 1, true);
}

void stress_finish(struct live *l)
{
	live_stop(l);
	live_harvest(l);
	if (report_failures())
		return;
	live_check_image(l);
	live_check_content(l);
}

/* What is to be in place is, before the vCPUs touch anything. */
static void begin(const struct plan *p, struct live *l)
{
	int i;

	for (i = 0; i < p->nr; i++)
		if (p->list[i]->begin)
			p->list[i]->begin(l);
}

static void run_plan(const struct plan *p, struct live *l)
{
	int i;

	run_steps(p, l, stress_size.harvests, false);
	insist(p, l, true, MAX_MORE);
	insist(p, l, false, MAX_INSIST);
	for (i = 0; i < p->nr; i++)
		if (p->list[i]->end)
			p->list[i]->end(l);
	if (mends(p)) {
		mend(p, l);
		run_steps(&(struct plan) { .vms = 1 }, l, stress_size.harvests / 4, false);
	}
}

void stress_run(const struct subject *subject, const struct log_mode *mode,
		const char *name)
{
	struct live_shape shape = stress_shape(subject, mode, options.seed);
	const struct scenario *s = find_scenario(name);
	struct plan p = { .vms = 1 };
	static struct live l[STRESS_MAX_VMS];
	struct live_stats sum;
	unsigned int i;
	int j;
	u32 vm;

	if (s->run) {
		s->run(subject, mode);
		return;
	}
	shape.hot = true;
	shape.npages = 0;
	add(&p, &shape, s);
	for (i = 0; i < nr_scenarios; i++)
		if (stress_size.with & 1ull << i && strcmp(scenarios[i].name, name))
			add(&p, &shape, &scenarios[i]);
	for (vm = 0; vm < p.vms; vm++) {
		shape.seed = options.seed + vm;
		live_create(&l[vm], &shape);
	}
	begin(&p, l);
	for (vm = 0; vm < p.vms; vm++)
		live_start(&l[vm], 0);
	run_plan(&p, l);
	sum = sum_of_vms(&p, l);
	for (vm = 0; vm < p.vms; vm++) {
		stress_finish(&l[vm]);
		stats_add(report_test(), &l[vm].stats);
		live_destroy(&l[vm]);
	}
	for (j = 0; j < p.nr; j++)
		activity_check(&l[0], &sum, p.list[j]->needs);
}
