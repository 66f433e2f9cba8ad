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
#define RUN_MAX_OPS 300
/* Room for pages past the end, which a log may name and never should. */
#define RUN_SLOT_PAGES 192
#define RUN_PAGES (RUN_SLOTS * RUN_SLOT_PAGES)

/*
 * @n:		counted from 1 on each vCPU, as the guest's counters are
 * @page:	of slot @page / RUN_SLOT_PAGES, here and below
 * @allowed:	a read that the contract lets KVM report
 */
struct run_op {
	unsigned int vcpu, n, page;
	bool write, allowed;
};

/* KVM marked @page on behalf of @vcpu, and @harvest collected the mark. */
struct run_mark {
	unsigned int vcpu, harvest, page;
};

/*
 * @done, @started: what the host read before and after each harvest
 * @busy:	an op that may mark the page straddles the harvest
 */
struct run {
	unsigned int npages;
	struct run_op ops[RUN_MAX_OPS];
	unsigned int nr_ops;
	struct run_mark marks[2 * RUN_MAX_OPS];
	unsigned int nr_marks;
	unsigned int done[RUN_HARVESTS][RUN_VCPUS];
	unsigned int started[RUN_HARVESTS][RUN_VCPUS];
	bool busy[RUN_HARVESTS][RUN_PAGES];
	bool reported[RUN_HARVESTS][RUN_PAGES];
};

/* A write to @page must show in one of the harvests @first to @last. */
struct run_due {
	unsigned int page, first, last;
};

/* The rules applied to a run; they do not depend on what was reported. */
struct rules {
	struct run_due dues[RUN_MAX_OPS];
	unsigned int nr_dues;
	bool may[RUN_HARVESTS][RUN_PAGES];
};

struct verdict {
	bool lost[RUN_HARVESTS][RUN_PAGES];
	bool spurious[RUN_HARVESTS][RUN_PAGES];
	unsigned int findings;
};

/*
 * Where an op stands at harvest @k: finished since the one before; around it;
 * or anywhere from which its page can get into it.
 */
bool op_finished(const struct run *r, const struct run_op *op, unsigned int k);
bool op_straddles(const struct run *r, const struct run_op *op, unsigned int k);
bool op_may_show(const struct run *r, const struct run_op *op, unsigned int k);

void rules_derive(struct rules *rules, const struct run *r);
void rules_judge(struct verdict *v, const struct rules *rules, const struct run *r);

/* The writes that a log shows in the last harvest that they may. */
unsigned int rules_count_late(const struct rules *rules, const struct run *r);

/*
 * Draw a run whose log is correct.  run_draw() lets everything be as late as
 * the rules allow, whether or not a kernel could do it; run_simulate() runs
 * vCPUs, faults and harvests step by step, whether or not the rules allow it.
 */
void run_draw(struct run *r, struct rng *rng);
void run_simulate(struct run *r, struct rng *rng);

#endif
