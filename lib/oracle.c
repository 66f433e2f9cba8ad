// SPDX-License-Identifier: GPL-2.0-only
/* The oracle: which pages a harvest must and may contain. */
#include "oracle.h"

void oracle_init(struct oracle *o, u64 npages)
{
	pageset_init(&o->must, npages);
	pageset_init(&o->may, npages);
	pageset_init(&o->late, npages);
	pageset_init(&o->owed, npages);
	pageset_init(&o->lost, npages);
	pageset_init(&o->spurious, npages);
}

void oracle_free(struct oracle *o)
{
	pageset_free(&o->must);
	pageset_free(&o->may);
	pageset_free(&o->late);
	pageset_free(&o->owed);
	pageset_free(&o->lost);
	pageset_free(&o->spurious);
}

void oracle_reset(struct oracle *o)
{
	pageset_zero(&o->must);
	pageset_zero(&o->may);
	pageset_zero(&o->late);
	pageset_zero(&o->owed);
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
	pageset_set(&o->may, page);
}

u64 oracle_judge(struct oracle *o, const struct pageset *reported)
{
	u64 bad = 0, i;

	for (i = 0; i < pageset_nr_words(reported); i++) {
		u64 seen = reported->words[i], late = o->late.words[i];
		u64 due = o->owed.words[i] | (o->must.words[i] & ~late);
		u64 may = o->may.words[i] | o->owed.words[i];

		o->lost.words[i] = due & ~seen;
		o->spurious.words[i] = seen & ~may;
		bad += __builtin_popcountll(o->lost.words[i]) +
		       __builtin_popcountll(o->spurious.words[i]);
		/*
		 * What straddles this harvest may be seen on both sides of it;
		 * what was not seen on this side is owed on the other.
		 */
		o->owed.words[i] = late & ~seen;
		o->may.words[i] = late;
		o->must.words[i] = 0;
		o->late.words[i] = 0;
	}
	return bad;
}
