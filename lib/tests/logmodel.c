// SPDX-License-Identifier: GPL-2.0-only
/* The oracle's rules in so many words, and runs that keep them. */
#include <string.h>

#include "logmodel.h"

/* What the host had read at the harvest before @k; nothing before the first. */
static unsigned int done_before(const struct run *r, unsigned int k, unsigned int vcpu)
{
	return k ? r->done[k - 1][vcpu] : 0;
}

static unsigned int started_before(const struct run *r, unsigned int k, unsigned int vcpu)
{
	return k ? r->started[k - 1][vcpu] : 0;
}

bool op_finished(const struct run *r, const struct run_op *op, unsigned int k)
{
	return op->n > started_before(r, k, op->vcpu) &&
	       op->n <= r->done[k][op->vcpu];
}

bool op_straddles(const struct run *r, const struct run_op *op, unsigned int k)
{
	return op->n > r->done[k][op->vcpu] && op->n <= r->started[k][op->vcpu];
}

bool op_may_show(const struct run *r, const struct run_op *op, unsigned int k)
{
	return op->n > done_before(r, k, op->vcpu) &&
	       op->n <= r->started[k][op->vcpu];
}

/* The harvest at which an op has begun; RUN_HARVESTS if it began after the last. */
static unsigned int op_first(const struct run *r, const struct run_op *op)
{
	unsigned int k = 0;

	while (k < RUN_HARVESTS && op->n > r->started[k][op->vcpu])
		k++;
	return k;
}

static bool op_may_mark(const struct run_op *op)
{
	return op->write || op->allowed;
}

/*
 * A write that straddles a harvest lands on either side of it.  Wherever a
 * write lands, the next harvest shows it, unless an op straddles that one which
 * made the mapping writable and has yet to mark the page: then the next but one
 * does, as the host waits for that op.
 */
static unsigned int op_last(const struct run *r, const struct run_op *op)
{
	unsigned int k = op_first(r, op);

	if (k < RUN_HARVESTS && op_straddles(r, op, k))
		k++;
	return k < RUN_HARVESTS ? k + r->busy[k][op->page] : k;
}

static void derive_due(struct rules *rules, const struct run *r,
		       const struct run_op *op)
{
	struct run_due *due = &rules->dues[rules->nr_dues++];

	due->page = op->page;
	due->first = op_first(r, op);
	due->last = op_last(r, op);
}

static void derive_may(struct rules *rules, const struct run *r,
		       const struct run_op *op)
{
	unsigned int k;

	for (k = 0; k < RUN_HARVESTS; k++)
		if (op_may_show(r, op, k))
			rules->may[k][op->page] = true;
}

void rules_derive(struct rules *rules, const struct run *r)
{
	unsigned int i;

	memset(rules, 0, sizeof(*rules));
	for (i = 0; i < r->nr_ops; i++) {
		if (r->ops[i].write)
			derive_due(rules, r, &r->ops[i]);
		if (op_may_mark(&r->ops[i]))
			derive_may(rules, r, &r->ops[i]);
	}
}

/* The first harvest from the first due one on that reported the page. */
static unsigned int due_shown(const struct run *r, const struct run_due *due)
{
	unsigned int k = due->first;

	while (k < RUN_HARVESTS && !r->reported[k][due->page])
		k++;
	return k;
}

unsigned int rules_count_late(const struct rules *rules, const struct run *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < rules->nr_dues; i++) {
		const struct run_due *due = &rules->dues[i];

		n += due->last > due->first && due_shown(r, due) == due->last;
	}
	return n;
}

static void find(struct verdict *v, bool *page)
{
	v->findings += !*page;
	*page = true;
}

void rules_judge(struct verdict *v, const struct rules *rules, const struct run *r)
{
	unsigned int i, k;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < rules->nr_dues; i++) {
		const struct run_due *due = &rules->dues[i];

		/* What is due after the last harvest is never asked for. */
		if (due->last < RUN_HARVESTS && due_shown(r, due) > due->last)
			find(v, &v->lost[due->last][due->page]);
	}
	for (k = 0; k < RUN_HARVESTS; k++)
		for (i = 0; i < RUN_PAGES; i++)
			if (r->reported[k][i] && !rules->may[k][i])
				find(v, &v->spurious[k][i]);
}

/* Sizes around words, and the ends of a slot, are where logs go wrong. */
static unsigned int draw_npages(struct rng *rng)
{
	static const unsigned int edges[] = { 1, 2, 63, 64, 65, 127, 128, 129, 191, 192 };

	if (rng_below(rng, 2))
		return edges[rng_below(rng, ARRAY_SIZE(edges))];
	return 1 + rng_below(rng, RUN_SLOT_PAGES);
}

/* Half of all ops meet on four pages, the two ends among them. */
static unsigned int draw_page(const struct run *r, struct rng *rng)
{
	unsigned int hot[] = { 0, r->npages - 1, r->npages / 2, r->npages / 3 };
	unsigned int page = rng_below(rng, 2) ? hot[rng_below(rng, ARRAY_SIZE(hot))]
					      : rng_below(rng, r->npages);

	return rng_below(rng, RUN_SLOTS) * RUN_SLOT_PAGES + page;
}

static struct run_op *draw_op(struct run *r, struct rng *rng, unsigned int vcpu,
			      unsigned int n)
{
	struct run_op *op = &r->ops[r->nr_ops++];

	op->vcpu = vcpu;
	op->n = n;
	op->page = draw_page(r, rng);
	op->write = rng_below(rng, 10) < 7;
	op->allowed = !op->write && !rng_below(rng, 3);
	return op;
}

static void add_mark(struct run *r, const struct run_op *op, unsigned int harvest)
{
	r->marks[r->nr_marks++] = (struct run_mark) {
		.vcpu = op->vcpu, .harvest = harvest, .page = op->page,
	};
	/* What the last harvest leaves behind is nobody's to see. */
	if (harvest < RUN_HARVESTS)
		r->reported[harvest][op->page] = true;
}

static void begin(struct run *r, struct rng *rng)
{
	memset(r, 0, sizeof(*r));
	r->npages = draw_npages(rng);
}

static void note_busy(struct run *r)
{
	unsigned int i, k;

	for (i = 0; i < r->nr_ops; i++)
		for (k = 0; k < RUN_HARVESTS; k++)
			if (op_may_mark(&r->ops[i]) && op_straddles(r, &r->ops[i], k))
				r->busy[k][r->ops[i].page] = true;
}

/* --- run_draw ------------------------------------------------------------- */

/* A vCPU that straddles a harvest gets on before the next one begins. */
static void draw_counters(struct run *r, struct rng *rng, unsigned int vcpu)
{
	unsigned int k, n = 0;

	for (k = 0; k < RUN_HARVESTS; k++) {
		n += rng_below(rng, 9);
		r->done[k][vcpu] = n;
		n += rng_below(rng, 4);
		r->started[k][vcpu] = n;
	}
}

static void draw_ops(struct run *r, struct rng *rng, unsigned int vcpu)
{
	unsigned int n;

	for (n = 1; n <= r->started[RUN_HARVESTS - 1][vcpu]; n++)
		draw_op(r, rng, vcpu, n);
}

/*
 * A write shows once, in a harvest where some op may have marked it; a read
 * that is allowed to show need not.
 */
static void draw_mark(struct run *r, struct rng *rng, const struct run_op *op)
{
	unsigned int first = op_first(r, op), last = first + op_straddles(r, op, first);

	if (op->write)
		last = op_last(r, op);
	if (op->write || (op->allowed && rng_below(rng, 2)))
		add_mark(r, op, first + rng_below(rng, last - first + 1));
}

void run_draw(struct run *r, struct rng *rng)
{
	unsigned int i;

	begin(r, rng);
	for (i = 0; i < RUN_VCPUS; i++) {
		draw_counters(r, rng, i);
		draw_ops(r, rng, i);
	}
	note_busy(r);
	for (i = 0; i < r->nr_ops; i++)
		draw_mark(r, rng, &r->ops[i]);
}

/* --- run_simulate --------------------------------------------------------- */

enum step { STEP_IDLE, STEP_ACCESS, STEP_MARK, STEP_DONE };

/* A vCPU about to take @step of its op. */
struct sim_vcpu {
	enum step step;
	unsigned int started, done;
	const struct run_op *op;
};

/*
 * @mapped, @writable: what the second-stage page tables hold
 * @marked:	not yet harvested, and by which vCPU
 * @read_marks:	a read fault maps the page writable and marks it, as on x86
 */
static struct sim {
	struct run *run;
	struct rng *rng;
	struct sim_vcpu vcpus[RUN_VCPUS];
	bool mapped[RUN_PAGES], writable[RUN_PAGES];
	bool marked[RUN_PAGES][RUN_VCPUS];
	bool read_marks;
	unsigned int harvest;
} sim;

static void sim_start(struct sim_vcpu *v)
{
	unsigned int vcpu = v - sim.vcpus;
	struct run_op *op;

	if (sim.run->nr_ops == RUN_MAX_OPS)
		return;
	v->started++;
	op = draw_op(sim.run, sim.rng, vcpu, v->started);
	/* The first read, as far as the host can tell: none before has finished. */
	op->allowed = !op->write && sim.read_marks && !sim.mapped[op->page];
	v->op = op;
	v->step = STEP_ACCESS;
}

static void sim_mark(struct sim_vcpu *v)
{
	sim.marked[v->op->page][v - sim.vcpus] = true;
	v->step = STEP_ACCESS;
}

/* KVM makes the mapping writable first and marks the page a moment later. */
static void sim_fault(struct sim_vcpu *v)
{
	unsigned int page = v->op->page;
	bool first = !sim.mapped[page];

	sim.mapped[page] = true;
	if (!v->op->write && !(first && sim.read_marks))
		return;
	sim.writable[page] = true;
	v->step = STEP_MARK;
}

static void sim_access(struct sim_vcpu *v)
{
	unsigned int page = v->op->page;

	if (!sim.mapped[page] || (v->op->write && !sim.writable[page]))
		sim_fault(v);
	else
		v->step = STEP_DONE;
}

static void sim_step(struct sim_vcpu *v)
{
	switch (v->step) {
	case STEP_IDLE:
		sim_start(v);
		break;
	case STEP_ACCESS:
		sim_access(v);
		break;
	case STEP_MARK:
		sim_mark(v);
		break;
	case STEP_DONE:
		v->done++;
		v->step = STEP_IDLE;
		break;
	}
}

/* Low vCPUs run more often than high ones, so that some lag behind. */
static void sim_run_some(unsigned int max)
{
	unsigned int n = rng_below(sim.rng, max);

	while (n--)
		sim_step(&sim.vcpus[rng_below(sim.rng, 1 + rng_below(sim.rng, RUN_VCPUS))]);
}

/*
 * The host waits until what straddled the last harvest has finished: the rules
 * know no op that is under way around two.
 */
static void sim_wait(void)
{
	unsigned int i;

	for (i = 0; i < RUN_VCPUS; i++)
		while (sim.vcpus[i].done < started_before(sim.run, sim.harvest, i))
			sim_step(&sim.vcpus[i]);
}

static void sim_collect_page(unsigned int page)
{
	unsigned int i;

	for (i = 0; i < RUN_VCPUS; i++) {
		struct run_op op = { .vcpu = i, .page = page };

		if (!sim.marked[page][i])
			continue;
		add_mark(sim.run, &op, sim.harvest);
		sim.marked[page][i] = false;
		sim.writable[page] = false;
	}
}

/* Word by word: bits taken, pages protected, TLBs flushed; vCPUs run on between. */
static void sim_harvest(void)
{
	unsigned int i, p;

	sim_wait();
	for (i = 0; i < RUN_VCPUS; i++) {
		sim.run->done[sim.harvest][i] = sim.vcpus[i].done;
		sim_run_some(4);
	}
	for (p = 0; p < RUN_PAGES; p++) {
		if (!(p % 64))
			sim_run_some(8);
		sim_collect_page(p);
	}
	for (i = 0; i < RUN_VCPUS; i++) {
		sim_run_some(4);
		sim.run->started[sim.harvest][i] = sim.vcpus[i].started;
	}
}

void run_simulate(struct run *r, struct rng *rng)
{
	begin(r, rng);
	sim = (struct sim) {
		.run = r, .rng = rng, .read_marks = rng_below(rng, 2),
	};
	/* Harvests in close succession, and well apart. */
	for (; sim.harvest < RUN_HARVESTS; sim.harvest++) {
		sim_run_some(rng_below(rng, 2) ? 20 : 200);
		sim_harvest();
	}
	note_busy(r);
}
