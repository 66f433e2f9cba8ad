// SPDX-License-Identifier: GPL-2.0-only
/* Runs of live VMs: intervals, scenarios, and the end. */
#include "check.h"
#include "options.h"
#include "stress.h"
#include "vcpu.h"

struct stress_size stress_size = {
	.vcpus = 2,
	.pages = 515,
	.ops = 512,
	.harvests = 16,
};

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

/* One CPU is left to the thread that harvests, as far as there are any. */
static u32 spared(u32 vcpus)
{
	cpu_set_t cpus;

	vcpu_cpus(&cpus);
	return min_t(u32, vcpus, CPU_COUNT(&cpus) - 1) ?: 1;
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

/*
 * Harvest after all they may do, or half of it, or a quarter ...: often soon
 * enough that vCPUs have not left their guests since the last harvest, for what
 * a TLB still holds then is gone when they do.
 */
void stress_step(struct live *l)
{
	/* Where no page is written often, many are. */
	u64 ops = stress_size.ops * (l->shape.spread ? 4 : 1);

	live_grant(l, ops);
	live_let_run(l, ops >> rng_below(&l->rng, 12));
	live_harvest(l);
}

static void act(const struct plan *p, struct live *l)
{
	int i;

	for (i = 0; i < p->nr; i++)
		if (p->list[i]->act && !rng_below(&l->rng, 3))
			p->list[i]->act(l);
}

/* Scenarios act on the first VM; the others have only harvests. */
static void run_steps(const struct plan *p, struct live *l, u64 steps)
{
	u32 vm;

	for (; steps && !report_failures(); steps--) {
		for (vm = 0; vm < p->vms; vm++)
			stress_step(&l[vm]);
		act(p, l);
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

	run_steps(p, l, stress_size.harvests);
	for (i = 0; i < p->nr; i++)
		if (p->list[i]->end)
			p->list[i]->end(l);
	if (mends(p)) {
		mend(p, l);
		run_steps(&(struct plan) { .vms = 1 }, l, stress_size.harvests / 4);
	}
}

void stress_run(const struct subject *subject, const struct log_mode *mode,
		const char *name)
{
	struct live_shape shape = stress_shape(subject, mode, options.seed);
	struct plan p = { .vms = 1 };
	static struct live l[STRESS_MAX_VMS];
	unsigned int i;
	u32 vm;

	shape.hot = true;
	shape.npages = 0;
	add(&p, &shape, find_scenario(name));
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
	for (vm = 0; vm < p.vms; vm++) {
		stress_finish(&l[vm]);
		stats_add(report_test(), &l[vm].stats);
		live_destroy(&l[vm]);
	}
}
