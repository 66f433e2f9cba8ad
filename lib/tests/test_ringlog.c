// SPDX-License-Identifier: GPL-2.0-only
/* ringlog.c: batches of a reset, and entries that are there more than once. */
#include "ringlog.h"
#include "unit.h"

static struct ringlog l;

static void add(u32 vcpu, u32 slot, u64 page)
{
	ringlog_add(&l, vcpu, slot, page);
}

static void test_batches(void)
{
	u64 i;

	ringlog_empty(&l);
	ok(ringlog_last_batch(&l, 0, 0) == 0, "nothing was reset");
	add(0, 1, 5);
	ok(ringlog_last_batch(&l, 0, 1) == 0, "a batch of one");
	ok(ringlog_last_batch(&l, 1, 1) == 1, "nothing was reset this time");
	add(0, 1, 68);
	ok(ringlog_last_batch(&l, 0, 2) == 0, "63 pages forwards are one batch");
	add(0, 1, 4);
	ok(ringlog_last_batch(&l, 0, 3) == 2, "64 pages backwards are not");
	ok(ringlog_last_batch(&l, 1, 2) == 1, "entries before the first are another call's");
	add(1, 1, 4);
	ok(ringlog_last_batch(&l, 0, 4) == 3, "each ring has its own");
	add(1, 2, 4);
	ok(ringlog_last_batch(&l, 0, 5) == 4, "and each memslot");
	for (i = 0; i < 1000; i++)
		add(1, 2, i % 64);
	ok(ringlog_last_batch(&l, 0, l.nr) == 4, "any number of entries");
	ok(ringlog_last_batch(&l, 700, l.nr) == 700, "or as many as there are");
}

static void test_runs(void)
{
	ringlog_empty(&l);
	add(1, 1, 7);
	add(0, 1, 7);
	add(0, 2, 7);
	add(0, 1, 3);
	add(0, 1, 7);
	ringlog_sort(&l);
	ok(l.nr == 5 && l.taken[0].page == 3, "sorted by page");
	ok(ringlog_run(&l, 0) == 1, "one of its kind");
	ok(ringlog_run(&l, 1) == 2 && !l.taken[1].vcpu, "twice by one vCPU");
	ok(ringlog_run(&l, 3) == 1 && l.taken[3].vcpu == 1, "another vCPU's is another");
	ok(ringlog_run(&l, 4) == 1 && l.taken[4].slot == 2, "and another memslot's");
	ringlog_empty(&l);
	ringlog_sort(&l);
	ok(!l.nr, "nothing to sort");
}

int main(void)
{
	test_batches();
	test_runs();
	ringlog_free(&l);
	ok(!l.nr && !l.taken, "freed");
	return unit_end();
}
