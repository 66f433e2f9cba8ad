// SPDX-License-Identifier: GPL-2.0-only
/* Sets of pages: one bit per page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pageset.h"

static size_t nr_bytes(const struct pageset *s)
{
	return pageset_nr_words(s) * sizeof(*s->words);
}

void pageset_init(struct pageset *s, u64 npages)
{
	s->npages = npages;
	s->words = calloc(pageset_nr_words(s) + 1, sizeof(*s->words));
	if (!s->words) {
		fprintf(stderr, "# out of memory: a set of %llu pages\n",
			(unsigned long long)npages);
		exit(1);
	}
}

void pageset_free(struct pageset *s)
{
	free(s->words);
	s->words = NULL;
	s->npages = 0;
}

void pageset_zero(struct pageset *s)
{
	memset(s->words, 0, nr_bytes(s));
}

void pageset_fill(struct pageset *s)
{
	u64 tail = s->npages % PAGESET_BITS;

	memset(s->words, 0xff, nr_bytes(s));
	if (tail)
		s->words[pageset_nr_words(s) - 1] = (1ull << tail) - 1;
}

u64 pageset_count(const struct pageset *s)
{
	u64 i, n = 0;

	for (i = 0; i < pageset_nr_words(s); i++)
		n += __builtin_popcountll(s->words[i]);
	return n;
}

u64 pageset_next(const struct pageset *s, u64 from)
{
	u64 word, i;

	if (from >= s->npages)
		return s->npages;
	i = from / PAGESET_BITS;
	word = s->words[i] & (~0ull << (from % PAGESET_BITS));
	while (!word) {
		if (++i >= pageset_nr_words(s))
			return s->npages;
		word = s->words[i];
	}
	return i * PAGESET_BITS + __builtin_ctzll(word);
}

void pageset_copy(struct pageset *dst, const struct pageset *src)
{
	memcpy(dst->words, src->words, nr_bytes(dst));
}

void pageset_or(struct pageset *dst, const struct pageset *src)
{
	u64 i;

	for (i = 0; i < pageset_nr_words(dst); i++)
		dst->words[i] |= src->words[i];
}

u64 pageset_andnot(struct pageset *dst, const struct pageset *a,
		   const struct pageset *b)
{
	u64 i, n = 0;

	for (i = 0; i < pageset_nr_words(dst); i++) {
		dst->words[i] = a->words[i] & ~b->words[i];
		n += __builtin_popcountll(dst->words[i]);
	}
	return n;
}
