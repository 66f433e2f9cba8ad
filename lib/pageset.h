/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of pages: one bit per page, as KVM's own dirty bitmaps.
 *
 * Pages are numbered from 0 within one memslot.  Bits at and past npages are
 * always clear, so that two sets compare word by word.
 */
#ifndef SUITE_PAGESET_H
#define SUITE_PAGESET_H

#include "types.h"

#define PAGESET_BITS 64

struct pageset {
	u64 npages;
	u64 *words;
};

/* Make @s an empty set over pages [0, @npages).  Exits when memory is out. */
void pageset_init(struct pageset *s, u64 npages);
void pageset_free(struct pageset *s);

static inline u64 pageset_nr_words(const struct pageset *s)
{
	return (s->npages + PAGESET_BITS - 1) / PAGESET_BITS;
}

/* @page must be below npages, here and in pageset_clear(). */
static inline void pageset_set(struct pageset *s, u64 page)
{
	s->words[page / PAGESET_BITS] |= 1ull << (page % PAGESET_BITS);
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

#endif
