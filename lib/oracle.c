// SPDX-License-Identifier: GPL-2.0-only
/* The oracle: which pages a harvest must and may contain. */
#include "oracle.h"

void oracle_init(struct oracle *o, u64 npages)
{
	pageset_init(&o->must, npages);
	pageset_init(&o->may, npages);
	pageset_init(&o->late, npages);
	pageset_init(&o->busy, npages);
	pageset_init(&o->owed, npages);
	pageset_init(&o->due, npages);
	pageset_init(&o->lost, npages);
	pageset_init(&o->spurious, npages);
}

void oracle_free(struct oracle *o)
{
	pageset_free(&o->must);
	pageset_free(&o->may);
	pageset_free(&o->late);
	pageset_free(&o->busy);
	pageset_free(&o->owed);
	pageset_free(&o->due);
	pageset_free(&o->lost);
	pageset_free(&o->spurious);
}

void oracle_reset(struct oracle *o)
{
	pageset_zero(&o->must);
	pageset_zero(&o->may);
	pageset_zero(&o->late);
	pageset_zero(&o->busy);
	pageset_zero(&o->owed);
	pageset_zero(&o->due);
}

void oracle_written(struct oracle *o, u64 page)
{
	pageset_set(&o->must, page);
	pageset_set(&o->may, page);
}

void oracle_written_all(struct oracle *o)
{
	pageset_fill(&o->must);
	pageset_fill(&o->may);
}

void oracle_allowed(struct oracle *o, u64 page)
{
	pageset_set(&o->may, page);
}

void oracle_straddled(struct oracle *o, u64 page)
{
	pageset_set(&o->late, page);
	oracle_busy(o, page);
}

void oracle_busy(struct oracle *o, u64 page)
{
	pageset_set(&o->busy, page);
	pageset_set(&o->may, page);
}

u64 oracle_judge(struct oracle *o, const struct pageset *reported)
{
	u64 bad = 0, i;

	for (i = 0; i < pageset_nr_words(reported); i++) {
		u64 seen = reported->words[i], busy = o->busy.words[i];
		u64 open = o->must.words[i] | o->owed.words[i];
		u64 due = o->due.words[i] | (open & ~busy);

		o->lost.words[i] = due & ~seen;
		o->spurious.words[i] = seen & ~o->may.words[i];
		bad += __builtin_popcountll(o->lost.words[i]) +
		       __builtin_popcountll(o->spurious.words[i]);
		/*
		 * What straddles this harvest may be seen on both sides of it.
		 * A write not seen on this side is owed on the other.  What
		 * another access put off is due there: that access has finished
		 * by then, so it has marked the page.
		 */
		o->due.words[i] = open & busy & ~seen;
		o->owed.words[i] = o->late.words[i] & ~seen;
		o->may.words[i] = busy;
		o->must.words[i] = 0;
		o->late.words[i] = 0;
		o->busy.words[i] = 0;
	}
	return bad;
}
