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

bool op_under_way(const struct run *r, const struct run_op *op, unsigned int k)
{
	return op->n > r->ended[k][op->vcpu] && op->n <= r->begun[k][op->vcpu];
}

/*
 * Its vCPU has been back in the guest since some harvest found the op finished: it has
 * left twice since then, and empties its buffer in between.
 */
static bool op_logged(const struct run *r, const struct run_op *op, unsigned int k)
{
	unsigned int i, vcpu = op->vcpu;

	for (i = 0; i < k; i++)
		if (op->n <= r->done[i][vcpu] && r->exits[k][vcpu] >= r->exits[i][vcpu] + 2)
			return true;
	return !r->pml;
}

bool op_buffered(const struct run *r, const struct run_op *op, unsigned int k)
{
	return (op->write || op->tries) && op->n <= r->begun[k][op->vcpu] &&
	       !op_logged(r, op, k);
}

bool op_may_show(const struct run *r, const struct run_op *op, unsigned int k)
{
	return op->n <= r->started[k][op->vcpu] &&
	       (op->n > done_before(r, k, op->vcpu) || (k && op_buffered(r, op, k - 1)));
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
 * write lands, the next harvest shows it: op_asked().
 */
static unsigned int op_asked(const struct run *r, const struct run_op *op)
{
	unsigned int k = op_first(r, op);

	if (k < RUN_HARVESTS && op_straddles(r, op, k))
		k++;
	return k;
}

/*
 * Unless when that began an op was under way which has made the mapping writable
 * and has yet to mark the page: then the one after it does, as the host waits for
 * that op.  One that begins later comes too late to have made the mapping.  And
 * unless, however often, a write to the page may be in a buffer.
 */
static unsigned int op_last(const struct run *r, const struct run_op *op,
			    unsigned int page)
{
	unsigned int k = op_asked(r, op);

	if (k < RUN_HARVESTS && r->busy[k][page])
		k++;
	while (k < RUN_HARVESTS && r->buffered[k][page])
		k++;
	return k;
}

static void derive_due(struct rules *rules, const struct run *r,
		       const struct run_op *op, unsigned int page)
{
	struct run_due *due = &rules->dues[rules->nr_dues++];

	due->page = page;
	due->first = op_first(r, op);
	due->asked = op_asked(r, op);
	due->last = op_last(r, op, page);
}

static void derive_may(struct rules *rules, const struct run *r,
		       const struct run_op *op, unsigned int page)
{
	unsigned int k;

	for (k = 0; k < RUN_HARVESTS; k++)
		if (op_may_show(r, op, k))
			rules->may[k][page] = true;
}

static void derive_op(struct rules *rules, const struct run *r,
		      const struct run_op *op)
{
	unsigned int page;

	for (page = op->page; page < op->page + op->pages; page++) {
		if (op->write)
			derive_due(rules, r, op, page);
		if (op_may_mark(op))
			derive_may(rules, r, op, page);
	}
}

void rules_derive(struct rules *rules, const struct run *r)
{
	unsigned int i;

	rules->nr_dues = 0;
	memset(rules->may, 0, sizeof(rules->may));
	for (i = 0; i < r->nr_ops; i++)
		derive_op(rules, r, &r->ops[i]);
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

unsigned int rules_count_put_off(const struct rules *rules, const struct run *r)
{
	unsigned int i, n = 0;

	for (i = 0; i < rules->nr_dues; i++)
		n += due_shown(r, &rules->dues[i]) > rules->dues[i].asked;
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
	op->pages = 1 + (!rng_below(rng, 8) &&
			 op->page % RUN_SLOT_PAGES + 1 < r->npages);
	op->write = rng_below(rng, 10) < 7;
	op->tries = !op->write && !rng_below(rng, 4);
	op->allowed = op->tries || (!op->write && !rng_below(rng, 3));
	return op;
}

static void add_mark(struct run *r, unsigned int vcpu, unsigned int page,
		     unsigned int harvest)
{
	r->marks[r->nr_marks++] = (struct run_mark) {
		.vcpu = vcpu, .harvest = harvest, .page = page,
	};
	/* What the last harvest leaves behind is nobody's to see. */
	if (harvest < RUN_HARVESTS)
		r->reported[harvest][page] = true;
}

/* All but the ops and marks, which count for nothing past their number. */
static void begin(struct run *r, unsigned int npages)
{
	memset(r, 0, offsetof(struct run, ops));
	r->npages = npages;
}

static void note_busy_op(struct run *r, const struct run_op *op)
{
	unsigned int k;

	for (k = 0; k < RUN_HARVESTS; k++) {
		if (!op_may_mark(op) || !op_under_way(r, op, k))
			continue;
		r->busy[k][op->page] = true;
		r->busy[k][op->page + op->pages - 1] = true;
	}
}

static void note_buffered_op(struct run *r, const struct run_op *op)
{
	unsigned int k;

	for (k = 0; k < RUN_HARVESTS; k++) {
		if (!op_buffered(r, op, k))
			continue;
		r->buffered[k][op->page] = true;
		r->buffered[k][op->page + op->pages - 1] = true;
	}
}

static void note_busy(struct run *r)
{
	unsigned int i;

	for (i = 0; i < r->nr_ops; i++) {
		note_busy_op(r, &r->ops[i]);
		note_buffered_op(r, &r->ops[i]);
	}
}

/* --- run_draw ------------------------------------------------------------- */

/*
 * A vCPU that straddles a harvest gets on before the next one begins.  Of what
 * had begun at the second reading all but the last op had ended at the third.
 */
static void draw_counters(struct run *r, struct rng *rng, unsigned int vcpu)
{
	unsigned int k, n = 0, more, least;

	for (k = 0; k < RUN_HARVESTS; k++) {
		n += rng_below(rng, 9);
		r->done[k][vcpu] = n;
		more = rng_below(rng, 4);
		r->begun[k][vcpu] = n + rng_below(rng, more + 1);
		least = r->begun[k][vcpu] > n ? r->begun[k][vcpu] - 1 : n;
		n += more;
		r->ended[k][vcpu] = least + rng_below(rng, n - least + 1);
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
static void draw_mark(struct run *r, struct rng *rng, const struct run_op *op,
		      unsigned int page)
{
	unsigned int first = op_first(r, op), last = op_asked(r, op);

	if (op->write)
		last = op_last(r, op, page);
	if (op->write || (op->allowed && rng_below(rng, 2)))
		add_mark(r, op->vcpu, page, first + rng_below(rng, last - first + 1));
}

static void draw_marks(struct run *r, struct rng *rng, const struct run_op *op)
{
	unsigned int page;

	for (page = op->page; page < op->page + op->pages; page++)
		draw_mark(r, rng, op, page);
}

void run_draw(struct run *r, struct rng *rng)
{
	unsigned int i;

	begin(r, draw_npages(rng));
	for (i = 0; i < RUN_VCPUS; i++) {
		draw_counters(r, rng, i);
		draw_ops(r, rng, i);
	}
	note_busy(r);
	for (i = 0; i < r->nr_ops; i++)
		draw_marks(r, rng, &r->ops[i]);
}

/* --- run_simulate --------------------------------------------------------- */

enum step { STEP_IDLE, STEP_ACCESS, STEP_MARK, STEP_DONE };

/*
 * A vCPU about to take @step of its op; @fault is the page it faults on.
 *
 * @exits:	how often it has left its guest
 * @out:	it has, and not yet emptied @buffer
 */
struct sim_vcpu {
	enum step step;
	unsigned int started, done, fault, exits;
	bool out, buffer[RUN_PAGES];
	const struct run_op *op;
};

/*
 * @mapped, @writable, @dirty: what the second-stage page tables hold; with PML a
 *		harvest takes @dirty away, and else @writable
 * @marked:	not yet harvested, and by which vCPU
 * @read_marks:	a read fault maps the page writable and marks it, as on x86
 * @in_two:	the log is read first and pages are protected then, as rings and
 *		KVM_CLEAR_DIRTY_LOG do
 */
static struct sim {
	struct run *run;
	struct rng *rng;
	struct run_shape shape;
	struct sim_vcpu vcpus[RUN_VCPUS];
	bool mapped[RUN_PAGES], writable[RUN_PAGES], dirty[RUN_PAGES], taken[RUN_PAGES];
	bool marked[RUN_PAGES][RUN_VCPUS];
	bool read_marks, in_two;
	unsigned int harvest;
} sim;

/* The first page of @op that its access would fault on, or RUN_PAGES. */
static unsigned int sim_missing(const struct run_op *op)
{
	unsigned int page;

	for (page = op->page; page < op->page + op->pages; page++)
		if (!sim.mapped[page] ||
		    ((op->write || op->tries) && !sim.writable[page]))
			return page;
	return RUN_PAGES;
}

static void sim_start(struct sim_vcpu *v)
{
	unsigned int vcpu = v - sim.vcpus;
	struct run_op *op;

	if (sim.run->nr_ops == RUN_MAX_OPS)
		return;
	v->started++;
	op = draw_op(sim.run, sim.rng, vcpu, v->started);
	/* The first read, as far as the host can tell: none before has finished. */
	op->allowed = op->tries || (!op->write && sim.read_marks &&
				    sim_missing(op) < RUN_PAGES);
	v->op = op;
	v->step = STEP_ACCESS;
}

static void sim_mark(struct sim_vcpu *v)
{
	if (rng_below(sim.rng, sim.shape.slow))
		return;
	sim.marked[v->fault][v - sim.vcpus] = true;
	v->step = STEP_ACCESS;
}

static void sim_empty_buffer(struct sim_vcpu *v)
{
	unsigned int page;

	for (page = 0; page < RUN_PAGES; page++)
		sim.marked[page][v - sim.vcpus] |= v->buffer[page];
	memset(v->buffer, 0, sizeof(v->buffer));
	v->out = false;
}

/* The CPU logs the pages that were not dirty. */
static void sim_write(struct sim_vcpu *v)
{
	unsigned int page;

	for (page = v->op->page; page < v->op->page + v->op->pages; page++) {
		v->buffer[page] |= sim.shape.pml && !sim.dirty[page];
		sim.dirty[page] = true;
	}
}

/*
 * One fault a step: KVM makes the mapping writable first and marks the page a
 * moment later.  A fault is an exit.
 */
static void sim_access(struct sim_vcpu *v)
{
	unsigned int page = sim_missing(v->op);
	bool first;

	if (page == RUN_PAGES) {
		if (v->op->write || v->op->tries)
			sim_write(v);
		v->step = STEP_DONE;
		return;
	}
	v->exits++;
	sim_empty_buffer(v);
	first = !sim.mapped[page];
	sim.mapped[page] = true;
	if (!v->op->write && !v->op->tries && !(first && sim.read_marks))
		return;
	sim.writable[page] = true;
	sim.dirty[page] = true;
	v->fault = page;
	v->step = STEP_MARK;
}

/* An interrupt, of which KVM counts the exit before it does anything else. */
static void sim_exit(struct sim_vcpu *v)
{
	if (!v->out)
		v->exits++;
	v->out = true;
}

static void sim_step(struct sim_vcpu *v)
{
	if (v->out) {
		sim_empty_buffer(v);
		return;
	}
	if (sim.shape.pml && v->step != STEP_MARK && !rng_below(sim.rng, 64)) {
		sim_exit(v);
		return;
	}
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

/* At most @max steps.  Low vCPUs run more often than high ones, which lag behind. */
static void sim_run_some(unsigned int max)
{
	unsigned int n = rng_below(sim.rng, max + 1);

	while (n--)
		sim_step(&sim.vcpus[rng_below(sim.rng, 1 + rng_below(sim.rng, sim.shape.vcpus))]);
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

static void sim_take(unsigned int page)
{
	unsigned int i;

	for (i = 0; i < RUN_VCPUS; i++) {
		if (!sim.marked[page][i])
			continue;
		add_mark(sim.run, i, page, sim.harvest);
		sim.marked[page][i] = false;
		sim.taken[page] = true;
	}
}

static void sim_protect(unsigned int page)
{
	if (sim.taken[page] && sim.shape.pml)
		sim.dirty[page] = false;
	else if (sim.taken[page])
		sim.writable[page] = false;
	sim.taken[page] = false;
}

static void sim_take_and_protect(unsigned int page)
{
	sim_take(page);
	sim_protect(page);
}

/* @visit every page; vCPUs take about @steps steps meanwhile. */
static void sim_walk(void (*visit)(unsigned int page), unsigned int steps)
{
	unsigned int page, npages = RUN_SLOTS * sim.shape.npages;

	for (page = 0; page < RUN_PAGES; page++) {
		if (page % RUN_SLOT_PAGES >= sim.shape.npages)
			continue;
		if (rng_below(sim.rng, npages) < steps)
			sim_run_some(2 * steps / npages + 1);
		visit(page);
	}
}

/* Vcpus in their guests are kicked, and nobody waits for them; for rings they are not. */
static void sim_kick(void)
{
	unsigned int i;

	for (i = 0; i < RUN_VCPUS && sim.shape.pml && !sim.in_two; i++)
		if (sim.vcpus[i].step != STEP_MARK)
			sim_exit(&sim.vcpus[i]);
}

static void sim_collect(void)
{
	unsigned int steps = rng_below(sim.rng, sim.shape.inside + 1);

	sim_kick();
	if (!sim.in_two) {
		sim_walk(sim_take_and_protect, steps);
		return;
	}
	sim_walk(sim_take, steps / 2);
	sim_walk(sim_protect, steps / 2);
}

static void sim_read_counters(void)
{
	unsigned int i;

	for (i = 0; i < RUN_VCPUS; i++) {
		sim.run->done[sim.harvest][i] = sim.vcpus[i].done;
		sim_run_some(sim.shape.readings);
	}
	for (i = 0; i < RUN_VCPUS; i++) {
		sim.run->begun[sim.harvest][i] = sim.vcpus[i].started;
		sim_run_some(sim.shape.readings);
	}
	for (i = 0; i < RUN_VCPUS; i++) {
		sim.run->ended[sim.harvest][i] = sim.vcpus[i].done;
		sim_run_some(sim.shape.readings);
	}
	for (i = 0; i < RUN_VCPUS; i++) {
		sim.run->exits[sim.harvest][i] = sim.vcpus[i].exits;
		sim_run_some(sim.shape.readings);
	}
}

static void sim_harvest(void)
{
	unsigned int i;

	sim_wait();
	sim_read_counters();
	sim_collect();
	for (i = 0; i < RUN_VCPUS; i++) {
		sim_run_some(sim.shape.readings);
		sim.run->started[sim.harvest][i] = sim.vcpus[i].started;
	}
}

void run_simulate_shape(struct run *r, struct rng *rng, const struct run_shape *shape)
{
	begin(r, shape->npages);
	r->pml = shape->pml;
	sim = (struct sim) {
		.run = r, .rng = rng, .shape = *shape,
		.read_marks = rng_below(rng, 2), .in_two = rng_below(rng, 2),
	};
	/* Harvests in close succession, and well apart. */
	for (; sim.harvest < RUN_HARVESTS; sim.harvest++) {
		sim_run_some(rng_below(rng, 2) ? shape->between / 10 : shape->between);
		sim_harvest();
	}
	note_busy(r);
}

/* Half of them have so few pages that vCPUs meet on them all the time. */
void run_simulate(struct run *r, struct rng *rng)
{
	struct run_shape shape = {
		.vcpus = 2 + rng_below(rng, RUN_VCPUS - 1),
		.npages = rng_below(rng, 2) ? 1 + rng_below(rng, 4) : draw_npages(rng),
		.between = 10 << rng_below(rng, 6),
		.readings = rng_below(rng, 5),
		.inside = 1 << rng_below(rng, 8),
		.slow = 1 << rng_below(rng, 5),
		.pml = rng_below(rng, 2),
	};

	run_simulate_shape(r, rng, &shape);
}
