/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of pages: one bit per page, as KVM's own dirty bitmaps.
 *
 * Pages are numbered from 0 within one memslot.  Bits at and past npages are
 * always clear, so that two sets compare word by word.
 *
 * A set of a large memslot is mostly empty, so a second, smaller bitmap says in
 * which groups of words there may be a member.  Nothing looks at the others:
 * what they cost in time is one bit for 4096 pages, and in memory nothing.
 */
#ifndef SUITE_PAGESET_H
#define SUITE_PAGESET_H

#include "types.h"

#define PAGESET_BITS 64
/* Words in a group. */
#define PAGESET_GROUP 64

/*
 * @groups:	bit g: words [g * PAGESET_GROUP, (g + 1) * PAGESET_GROUP) may
 *		have members; without it they are all zero
 * @borrowed:	the words are somebody else's memory
 */
struct pageset {
	u64 npages;
	u64 *words;
	u64 *groups;
	bool borrowed;
};

/* Make @s an empty set over pages [0, @npages).  Exits when memory is out. */
void pageset_init(struct pageset *s, u64 npages);
/*
 * The same over memory of somebody else's, pageset_nr_words() of them that are
 * zero and that may change at any time before pageset_survey() is called.
 */
void pageset_borrow(struct pageset *s, u64 npages, u64 *words);
void pageset_free(struct pageset *s);

/*
 * To be called when the words of @s were written by others.  Returns the bits
 * past the last page that were set among them, in the last word; they are
 * cleared.
 */
u64 pageset_survey(struct pageset *s);

static inline u64 pageset_nr_words(const struct pageset *s)
{
	return (s->npages + PAGESET_BITS - 1) / PAGESET_BITS;
}

static inline u64 pageset_nr_groups(const struct pageset *s)
{
	return (pageset_nr_words(s) + PAGESET_GROUP - 1) / PAGESET_GROUP;
}

/* How many words @s has in groups. */
static inline u64 pageset_nr_marks(const struct pageset *s)
{
	return (pageset_nr_groups(s) + 63) / 64;
}

/* The first word that is not in @group any more. */
static inline u64 pageset_group_end(const struct pageset *s, u64 group)
{
	u64 end = (group + 1) * PAGESET_GROUP, nr = pageset_nr_words(s);

	return end < nr ? end : nr;
}

static inline bool pageset_has_group(const struct pageset *s, u64 group)
{
	return s->groups[group / 64] >> (group % 64) & 1;
}

static inline void pageset_mark_group(struct pageset *s, u64 group)
{
	s->groups[group / 64] |= 1ull << (group % 64);
}

/* Replace word @i.  What is there already is not written. */
static inline void pageset_put(struct pageset *s, u64 i, u64 word)
{
	if (s->words[i] == word)
		return;
	s->words[i] = word;
	pageset_mark_group(s, i / PAGESET_GROUP);
}

/* @page must be below npages, here and in pageset_clear(). */
static inline void pageset_set(struct pageset *s, u64 page)
{
	u64 i = page / PAGESET_BITS;

	s->words[i] |= 1ull << (page % PAGESET_BITS);
	pageset_mark_group(s, i / PAGESET_GROUP);
}

static inline void pageset_clear(struct pageset *s, u64 page)
{
	s->words[page / PAGESET_BITS] &= ~(1ull << (page % PAGESET_BITS));
}

/* False for any page that is not in the set, pages past the end included. */
static inline bool pageset_test(const struct pageset *s, u64 page)
{
	return page < s->npages &&
	       (s->words[page / PAGESET_BITS] >> (page % PAGESET_BITS)) & 1;
}

void pageset_zero(struct pageset *s);
/* The same for the words of one group. */
void pageset_zero_group(struct pageset *s, u64 group);
void pageset_fill(struct pageset *s);
u64 pageset_count(const struct pageset *s);

/* The first member at or after @from, or npages when there is none. */
u64 pageset_next(const struct pageset *s, u64 from);

/* For all of these the sets have the same npages. */
void pageset_copy(struct pageset *dst, const struct pageset *src);
void pageset_or(struct pageset *dst, const struct pageset *src);
/* @dst = @a without the members of @b; returns how many are left. */
u64 pageset_andnot(struct pageset *dst, const struct pageset *a,
		   const struct pageset *b);

#define pageset_for_each(page, s)					\
	for ((page) = pageset_next(s, 0); (page) < (s)->npages;		\
	     (page) = pageset_next(s, (page) + 1))

/* Groups in ascending order; those marked while this goes on may be left out. */
u64 pageset_next_group(const struct pageset *s, u64 from);

#define pageset_for_each_group(group, s)				\
	for ((group) = pageset_next_group(s, 0);			\
	     (group) < pageset_nr_groups(s);				\
	     (group) = pageset_next_group(s, (group) + 1))

#endif
