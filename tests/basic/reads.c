// SPDX-License-Identifier: GPL-2.0-only
/* Reads: what must not be reported. */
#include "basic.h"

/* Reads of pages nobody has touched: the contract says what may be reported. */
BASIC_TEST(first_read, logged)
{
	attach(c, &large);
	testvm_step(&c->t, "first reads");
	c->t.allow_reads = contract_allows(EVENT_FIRST_READ);
	do_picked(c, &load_u64, pick_odd);
	check_harvest(&c->t);
	c->t.allow_reads = false;
	testvm_step(&c->t, "writes after first reads");
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/* Pages that were written and harvested are not reported for being read. */
BASIC_TEST(warm_read, logged)
{
	attach(c, &large);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "reads of pages harvested before");
	do_picked(c, &load_u64, pick_every);
	check_harvest(&c->t);
}
