/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What test_oracle.c tests against: recorded runs of a dirty log, and the
 * oracle's rules once more, slowly and in so many words (docs/oracle.md).
 *
 * A run is what some vCPUs did to two memslots of equal size, what the host
 * read around each harvest, and what each harvest reported.
 */
#ifndef SUITE_LOGMODEL_H
#define SUITE_LOGMODEL_H

#include "rng.h"
#include "types.h"

#define RUN_SLOTS 2
#define RUN_VCPUS 4
#define RUN_HARVESTS 6
#define RUN_MAX_OPS 3000
/* Room for pages past the end, which a log may name and never should. */
#define RUN_SLOT_PAGES 192
#define RUN_PAGES (RUN_SLOTS * RUN_SLOT_PAGES)

/*
 * @n:		counted from 1 on each vCPU, as the guest's counters are
 * @page:	of slot @page / RUN_SLOT_PAGES, here and below
 * @pages:	1, or 2 when it goes on in the next page
 * @tries:	it faults like a write and writes nothing, which the contract lets
 *		KVM report
 * @allowed:	that, or a read that the contract lets KVM report
 */
struct run_op {
	unsigned int vcpu, n, page, pages;
	bool write, tries, allowed;
};

/* KVM marked @page on behalf of @vcpu, and @harvest collected the mark. */
struct run_mark {
	unsigned int vcpu, harvest, page;
};

/*
 * @done:	ops of each vCPU that had ended at the host's first reading
 * @begun:	that had begun at its second, all of which follow the first
 * @ended:	that had ended at its third, all of which follow the second; the
 *		harvest follows them
 * @started:	that had begun when the harvest was over
 * @busy:	an op that may mark the page was under way when it began
 * @pml:	CPUs log into buffers, which are emptied when a vCPU leaves its guest
 * @exits:	how often it had left when the harvest began, read after @ended
 * @buffered:	a write to the page may have been in a buffer when it began
 */
struct run {
	unsigned int npages, nr_ops, nr_marks;
	unsigned int done[RUN_HARVESTS][RUN_VCPUS];
	unsigned int begun[RUN_HARVESTS][RUN_VCPUS];
	unsigned int ended[RUN_HARVESTS][RUN_VCPUS];
	unsigned int started[RUN_HARVESTS][RUN_VCPUS];
	unsigned int exits[RUN_HARVESTS][RUN_VCPUS];
	bool pml;
	bool busy[RUN_HARVESTS][RUN_PAGES];
	bool buffered[RUN_HARVESTS][RUN_PAGES];
	bool reported[RUN_HARVESTS][RUN_PAGES];
	struct run_op ops[RUN_MAX_OPS];
	/* An op faults on each page once, and once more after a harvest. */
	struct run_mark marks[4 * RUN_MAX_OPS];
};

/*
 * A write to @page must show in one of the harvests @first to @last.  After
 * @asked it only may because somebody else was busy.
 */
struct run_due {
	unsigned int page, first, asked, last;
};

/* The rules applied to a run; they do not depend on what was reported. */
struct rules {
	unsigned int nr_dues;
	bool may[RUN_HARVESTS][RUN_PAGES];
	struct run_due dues[2 * RUN_MAX_OPS];
};

struct verdict {
	bool lost[RUN_HARVESTS][RUN_PAGES];
	bool spurious[RUN_HARVESTS][RUN_PAGES];
	unsigned int findings;
};

/*
 * Where an op stands at harvest @k: finished since the one before; around it;
 * begun and not ended when it began; maybe in a buffer; or anywhere from which its
 * page can get into it.
 */
bool op_finished(const struct run *r, const struct run_op *op, unsigned int k);
bool op_straddles(const struct run *r, const struct run_op *op, unsigned int k);
bool op_under_way(const struct run *r, const struct run_op *op, unsigned int k);
bool op_buffered(const struct run *r, const struct run_op *op, unsigned int k);
bool op_may_show(const struct run *r, const struct run_op *op, unsigned int k);

void rules_derive(struct rules *rules, const struct run *r);
void rules_judge(struct verdict *v, const struct rules *rules, const struct run *r);

/*
 * The writes that a log shows in the last harvest that they may; and those that
 * it shows only after somebody busy has put them off.
 */
unsigned int rules_count_late(const struct rules *rules, const struct run *r);
unsigned int rules_count_put_off(const struct rules *rules, const struct run *r);

/*
 * What a simulation is like.
 *
 * @vcpus:	how many run, of RUN_VCPUS
 * @npages:	of each slot
 * @between, @readings, @inside: at most so many steps of vCPUs between two
 *		harvests, between two readings of counters, and while the log is
 *		collected
 * @pml:	as in struct run
 * @slow:	so many times as long as any other step is that between making a
 *		mapping writable and marking the page, on average
 */
struct run_shape {
	unsigned int vcpus, npages, between, readings, inside, slow;
	bool pml;
};

/*
 * Draw a run whose log is correct.  run_draw() lets everything be as late as
 * the rules allow, whether or not a kernel could do it; run_simulate() runs
 * vCPUs, faults and harvests step by step, whether or not the rules allow it.
 * Its shape is drawn, or as one likes.
 */
void run_draw(struct run *r, struct rng *rng);
void run_simulate(struct run *r, struct rng *rng);
void run_simulate_shape(struct run *r, struct rng *rng, const struct run_shape *shape);

#endif
