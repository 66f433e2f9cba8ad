// SPDX-License-Identifier: GPL-2.0-only
/* The oracle: which pages a harvest must and may contain. */
#include "oracle.h"

void oracle_init(struct oracle *o, u64 npages)
{
	pageset_init(&o->must, npages);
	pageset_init(&o->may, npages);
	pageset_init(&o->late, npages);
	pageset_init(&o->around, npages);
	pageset_init(&o->busy, npages);
	pageset_init(&o->buffered, npages);
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
	pageset_free(&o->around);
	pageset_free(&o->busy);
	pageset_free(&o->buffered);
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
	pageset_zero(&o->around);
	pageset_zero(&o->busy);
	pageset_zero(&o->buffered);
	pageset_zero(&o->owed);
	pageset_zero(&o->due);
}

void oracle_written(struct oracle *o, u64 page)
{
	pageset_set(&o->must, page);
}

void oracle_written_all(struct oracle *o)
{
	pageset_fill(&o->must);
}

void oracle_allowed(struct oracle *o, u64 page)
{
	pageset_set(&o->may, page);
}

void oracle_straddled(struct oracle *o, u64 page)
{
	pageset_set(&o->late, page);
	oracle_around(o, page);
}

void oracle_unfinished(struct oracle *o, u64 page)
{
	pageset_clear(&o->owed, page);
}

void oracle_around(struct oracle *o, u64 page)
{
	pageset_set(&o->around, page);
	pageset_set(&o->may, page);
}

void oracle_busy(struct oracle *o, u64 page)
{
	pageset_set(&o->busy, page);
	oracle_around(o, page);
}

void oracle_buffered(struct oracle *o, u64 page)
{
	pageset_set(&o->buffered, page);
	oracle_around(o, page);
}

/* Returns how many pages of word @i are wrong. */
static u64 judge_word(struct oracle *o, u64 i, u64 seen)
{
	u64 buffered = o->buffered.words[i], late = o->late.words[i];
	u64 open = o->must.words[i] | o->owed.words[i];
	u64 put_off = (open & o->busy.words[i]) | ((open | o->due.words[i]) & buffered);
	u64 due = (o->due.words[i] & ~buffered) | (open & ~put_off);
	u64 lost = due & ~seen;
	u64 spurious = seen & ~(o->must.words[i] | o->may.words[i]);

	pageset_put(&o->lost, i, lost);
	pageset_put(&o->spurious, i, spurious);
	/*
	 * What straddles this harvest may be seen on both sides of it.  A write
	 * not seen on this side is owed on the other.  What an access that was
	 * under way put off is due there: that access has finished by then, so
	 * it has marked the page, or a buffer has it.
	 */
	pageset_put(&o->due, i, put_off & ~seen);
	pageset_put(&o->owed, i, late & ~seen);
	pageset_put(&o->may, i, o->around.words[i]);
	return __builtin_popcountll(lost) + __builtin_popcountll(spurious);
}

/* Nothing straddles this harvest or the last in @group. */
static bool group_is_quiet(const struct oracle *o, u64 group)
{
	return !(pageset_has_group(&o->around, group) ||
		 pageset_has_group(&o->owed, group) ||
		 pageset_has_group(&o->due, group));
}

/*
 * Where it is quiet, a word that is just what was written is right, and nothing
 * but what was allowed is left to forget: sets that hold nothing are not touched.
 */
static u64 judge_group(struct oracle *o, const struct pageset *reported, u64 group)
{
	bool quiet = group_is_quiet(o, group);
	u64 bad = 0, i;

	for (i = group * PAGESET_GROUP; i < pageset_group_end(reported, group); i++)
		if (!quiet || reported->words[i] != o->must.words[i])
			bad += judge_word(o, i, reported->words[i]);
	if (quiet)
		pageset_zero_group(&o->may, group);
	pageset_zero_group(&o->must, group);
	pageset_zero_group(&o->late, group);
	pageset_zero_group(&o->around, group);
	pageset_zero_group(&o->busy, group);
	pageset_zero_group(&o->buffered, group);
	return bad;
}

u64 oracle_judge(struct oracle *o, const struct pageset *reported)
{
	u64 bad = 0, i, groups;

	pageset_zero(&o->lost);
	pageset_zero(&o->spurious);
	for (i = 0; i < pageset_nr_marks(reported); i++) {
		/* What is owed or due straddled, so it is in may. */
		groups = reported->groups[i] | o->must.groups[i] | o->may.groups[i];
		for (; groups; groups &= groups - 1)
			bad += judge_group(o, reported,
					   i * 64 + __builtin_ctzll(groups));
	}
	return bad;
}
