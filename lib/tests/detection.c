// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many single lost bits the oracle finds, and how many right logs it flags, by
 * what it takes for an excuse and by how much vCPUs do while the log is collected.
 * Prints a table; docs/results/oracle-detection.md keeps one.
 *
 * Exits with 1 unless no right log is flagged and the rule in use finds more than
 * the wider one in every row.
 */
#include <stdio.h>
#include <stdlib.h>

#include "logjudge.h"

/* Eight pages in each of the two memslots: what most ops of tests/stress meet on. */
#define HOT(nr_vcpus, steps_inside)					\
	{ .vcpus = nr_vcpus, .npages = 8, .between = 300, .readings = 1,	\
	  .inside = steps_inside, .slow = 2 }

static const struct run_shape shapes[] = {
	HOT(2, 0), HOT(2, 20), HOT(2, 40), HOT(2, 80), HOT(2, 160), HOT(2, 320),
	HOT(4, 0), HOT(4, 20), HOT(4, 40), HOT(4, 80), HOT(4, 160), HOT(4, 320),
};

#define NR_EXCUSES (EXCUSE_NONE + 1)

/*
 * @straddlers, @under_way: ops, of all harvests together
 * @flagged:	right logs
 * @found:	lost bits, of @planted
 */
struct counts {
	u64 harvests, straddlers, under_way, planted;
	u64 flagged[NR_EXCUSES], found[NR_EXCUSES];
};

static struct run run;

static void count_ops(struct counts *c)
{
	unsigned int i, k;

	c->harvests += RUN_HARVESTS;
	for (i = 0; i < run.nr_ops; i++) {
		for (k = 0; k < RUN_HARVESTS; k++) {
			c->straddlers += op_straddles(&run, &run.ops[i], k);
			c->under_way += op_under_way(&run, &run.ops[i], k);
		}
	}
}

static void judge(u64 *counts)
{
	struct verdict v;
	unsigned int e;

	for (e = 0; e < NR_EXCUSES; e++) {
		oracle_verdict(&v, &run, e);
		counts[e] += !!v.findings;
	}
}

/*
 * One bit that KVM had and did not report, in no harvest at the ends: what an
 * excuse puts off is to be asked for in the run.  False if there is none.
 */
static bool lose_bit(struct rng *rng)
{
	unsigned int k = 1 + rng_below(rng, RUN_HARVESTS - 2);
	unsigned int page, n = rng_below(rng, RUN_PAGES);

	for (page = 0; page < RUN_PAGES; page++, n = (n + 1) % RUN_PAGES) {
		if (run.reported[k][n]) {
			run.reported[k][n] = false;
			return true;
		}
	}
	return false;
}

static void measure(struct counts *c, const struct run_shape *shape, u64 runs)
{
	struct rng rng = { .state = 1 };

	while (runs--) {
		run_simulate_shape(&run, &rng, shape);
		count_ops(c);
		judge(c->flagged);
		if (lose_bit(&rng)) {
			c->planted++;
			judge(c->found);
		}
	}
}

static double percent(u64 part, u64 all)
{
	return all ? 100.0 * part / all : 0;
}

static void print(const struct run_shape *shape, const struct counts *c)
{
	static const enum excuse order[] = {
		EXCUSE_AROUND, EXCUSE_UNDER_WAY, EXCUSE_NONE,
	};
	unsigned int e;

	printf("| %u | %.1f | %.2f |", shape->vcpus,
	       (double)c->straddlers / c->harvests, (double)c->under_way / c->harvests);
	for (e = 0; e < NR_EXCUSES; e++)
		printf(" %.1f %% |", percent(c->found[order[e]], c->planted));
	for (e = 0; e < NR_EXCUSES; e++)
		printf(" %llu |", (unsigned long long)c->flagged[order[e]]);
	putchar('\n');
	fflush(stdout);
}

static const char * const columns[] = {
	"vCPUs", "straddlers a harvest", "under way",
	"found: all that straddle", "those under way", "none",
	"flagged: all that straddle", "those under way", "none",
};

int main(int argc, char **argv)
{
	u64 runs = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000;
	bool good = true;
	size_t i;

	printf("Found, and right logs flagged of %llu, when a finished write is excused by\n\n",
	       (unsigned long long)runs);
	for (i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		printf("| %s ", columns[i]);
	printf("|\n|---|---|---|---|---|---|---|---|---|\n");
	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		struct counts c = { 0 };

		measure(&c, &shapes[i], runs);
		print(&shapes[i], &c);
		good &= !c.flagged[EXCUSE_UNDER_WAY] && !c.flagged[EXCUSE_AROUND] &&
			c.found[EXCUSE_UNDER_WAY] > c.found[EXCUSE_AROUND];
	}
	return !good;
}
