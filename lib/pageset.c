// SPDX-License-Identifier: GPL-2.0-only
/* Sets of pages: one bit per page. */
#include <stdio.h>
#include <stdlib.h>

#include "pageset.h"
#include "sparse.h"
#include "words.h"

/* One word more, so that there is one. */
static u64 bytes_of(u64 nr_words)
{
	return (nr_words + 1) * sizeof(u64);
}

static u64 *alloc_words(const struct pageset *s, u64 nr)
{
	u64 *words = sparse_alloc(bytes_of(nr));

	if (!words) {
		fprintf(stderr, "# out of memory: a set of %llu pages\n",
			(unsigned long long)s->npages);
		exit(1);
	}
	return words;
}

void pageset_borrow(struct pageset *s, u64 npages, u64 *words)
{
	s->npages = npages;
	s->words = words;
	s->borrowed = true;
	s->groups = alloc_words(s, pageset_nr_marks(s));
}

void pageset_init(struct pageset *s, u64 npages)
{
	pageset_borrow(s, npages, NULL);
	s->words = alloc_words(s, pageset_nr_words(s));
	s->borrowed = false;
}

void pageset_free(struct pageset *s)
{
	if (!s->borrowed)
		sparse_free(s->words, bytes_of(pageset_nr_words(s)));
	sparse_free(s->groups, bytes_of(pageset_nr_marks(s)));
	s->words = NULL;
	s->groups = NULL;
	s->npages = 0;
}

static void survey_group(struct pageset *s, u64 group)
{
	u64 first = group * PAGESET_GROUP;

	if (!words_are_zero(s->words + first, pageset_group_end(s, group) - first))
		pageset_mark_group(s, group);
}

u64 pageset_survey(struct pageset *s)
{
	u64 group, extra = 0, tail = s->npages % PAGESET_BITS;

	if (tail) {
		u64 *last = &s->words[pageset_nr_words(s) - 1];

		extra = *last & (~0ull << tail);
		*last &= ~extra;
	}
	words_fill(s->groups, 0, pageset_nr_marks(s));
	for (group = 0; group < pageset_nr_groups(s); group++)
		survey_group(s, group);
	return extra;
}

u64 pageset_next_group(const struct pageset *s, u64 from)
{
	u64 i = from / 64, nr = pageset_nr_groups(s), marks;

	if (from >= nr)
		return nr;
	marks = s->groups[i] & (~0ull << (from % 64));
	while (!marks) {
		if (++i >= pageset_nr_marks(s))
			return nr;
		marks = s->groups[i];
	}
	return i * 64 + __builtin_ctzll(marks);
}

void pageset_zero_group(struct pageset *s, u64 group)
{
	u64 first = group * PAGESET_GROUP;

	if (!pageset_has_group(s, group))
		return;
	words_fill(s->words + first, 0, pageset_group_end(s, group) - first);
	s->groups[group / 64] &= ~(1ull << (group % 64));
}

void pageset_zero(struct pageset *s)
{
	u64 group;

	pageset_for_each_group(group, s)
		pageset_zero_group(s, group);
}

void pageset_fill(struct pageset *s)
{
	u64 tail = s->npages % PAGESET_BITS, group;

	words_fill(s->words, ~0ull, pageset_nr_words(s));
	if (tail)
		s->words[pageset_nr_words(s) - 1] = (1ull << tail) - 1;
	for (group = 0; group < pageset_nr_groups(s); group++)
		pageset_mark_group(s, group);
}

u64 pageset_count(const struct pageset *s)
{
	u64 group, i, n = 0;

	pageset_for_each_group(group, s)
		for (i = group * PAGESET_GROUP; i < pageset_group_end(s, group); i++)
			n += __builtin_popcountll(s->words[i]);
	return n;
}

/* The first word at or after @i that is not zero, or pageset_nr_words(). */
static u64 next_word(const struct pageset *s, u64 i)
{
	u64 nr = pageset_nr_words(s), group = i / PAGESET_GROUP;

	while (i < nr) {
		if (pageset_has_group(s, group))
			for (; i < pageset_group_end(s, group); i++)
				if (s->words[i])
					return i;
		group = pageset_next_group(s, group + 1);
		i = group * PAGESET_GROUP;
	}
	return nr;
}

u64 pageset_next(const struct pageset *s, u64 from)
{
	u64 word, i;

	if (from >= s->npages)
		return s->npages;
	i = from / PAGESET_BITS;
	word = s->words[i] & (~0ull << (from % PAGESET_BITS));
	if (!word) {
		i = next_word(s, i + 1);
		if (i >= pageset_nr_words(s))
			return s->npages;
		word = s->words[i];
	}
	return i * PAGESET_BITS + __builtin_ctzll(word);
}

void pageset_copy(struct pageset *dst, const struct pageset *src)
{
	pageset_zero(dst);
	pageset_or(dst, src);
}

void pageset_or(struct pageset *dst, const struct pageset *src)
{
	u64 group, i;

	pageset_for_each_group(group, src) {
		for (i = group * PAGESET_GROUP; i < pageset_group_end(src, group); i++)
			dst->words[i] |= src->words[i];
		pageset_mark_group(dst, group);
	}
}

static u64 andnot_group(struct pageset *dst, const struct pageset *a,
			const struct pageset *b, u64 group)
{
	u64 i, n = 0;

	for (i = group * PAGESET_GROUP; i < pageset_group_end(a, group); i++) {
		dst->words[i] = a->words[i] & ~b->words[i];
		n += __builtin_popcountll(dst->words[i]);
	}
	pageset_mark_group(dst, group);
	return n;
}

u64 pageset_andnot(struct pageset *dst, const struct pageset *a,
		   const struct pageset *b)
{
	u64 group, n = 0;

	pageset_for_each_group(group, dst)
		if (!pageset_has_group(a, group))
			pageset_zero_group(dst, group);
	pageset_for_each_group(group, a)
		n += andnot_group(dst, a, b, group);
	return n;
}
