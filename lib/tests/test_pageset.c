// SPDX-License-Identifier: GPL-2.0-only
/* pageset.c against one bool a page. */
#include <stdlib.h>
#include <string.h>

#include "pageset.h"
#include "rng.h"
#include "unit.h"

#define MAX_PAGES 266305
#define NR_SETS 3
/* So many pages are looked at in a walk, however large the sets are. */
#define WALK_PAGES 1000000

/* Around words, groups of words, and words of groups. */
static const u64 sizes[] = {
	0, 1, 2, 63, 64, 65, 127, 128, 129, 1027, 4095, 4096, 4097, 8193,
	262143, 262144, 262145, MAX_PAGES,
};

/* A set and what it must be. */
struct pair {
	struct pageset set;
	bool in[MAX_PAGES];
};

static struct pair pairs[NR_SETS];
static u64 npages;
static struct rng rng;

static u64 model_next(const struct pair *p, u64 from)
{
	while (from < npages && !p->in[from])
		from++;
	return from < npages ? from : npages;
}

static u64 model_count(const struct pair *p)
{
	u64 i, n = 0;

	for (i = 0; i < npages; i++)
		n += p->in[i];
	return n;
}

/* Bits past the end stay clear, in the spare word behind the last one too. */
static bool tail_is_clear(const struct pageset *s)
{
	u64 last = npages / PAGESET_BITS;

	return !(s->words[last] >> (npages % PAGESET_BITS)) &&
	       !s->words[pageset_nr_words(s)];
}

static bool members_match(const struct pair *p)
{
	u64 page, expected = model_next(p, 0);

	pageset_for_each(page, &p->set) {
		if (page != expected)
			return false;
		expected = model_next(p, page + 1);
	}
	return expected == npages;
}

/* A little past the end as well, where nothing is a member. */
static bool tests_match(const struct pair *p)
{
	u64 page;

	for (page = 0; page < npages; page++)
		if (pageset_test(&p->set, page) != p->in[page])
			return false;
	return !pageset_test(&p->set, npages) &&
	       !pageset_test(&p->set, npages + PAGESET_BITS) &&
	       !pageset_test(&p->set, UINT64_MAX);
}

static bool next_matches(const struct pair *p)
{
	u64 from = rng_below(&rng, npages + 2);

	return pageset_next(&p->set, from) == model_next(p, from) &&
	       pageset_next(&p->set, UINT64_MAX) == npages;
}

static bool same(const struct pair *p)
{
	return tests_match(p) && members_match(p) && next_matches(p) &&
	       tail_is_clear(&p->set) &&
	       pageset_count(&p->set) == model_count(p);
}

typedef bool (*step_fn)(struct pair *dst, const struct pair *a,
			const struct pair *b);

static bool do_set(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 page = npages ? rng_below(&rng, npages) : 0;

	if (npages) {
		pageset_set(&dst->set, page);
		dst->in[page] = true;
	}
	return true;
}

static bool do_clear(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 page = npages ? rng_below(&rng, npages) : 0;

	if (npages) {
		pageset_clear(&dst->set, page);
		dst->in[page] = false;
	}
	return true;
}

static bool do_zero(struct pair *dst, const struct pair *a, const struct pair *b)
{
	pageset_zero(&dst->set);
	memset(dst->in, false, sizeof(dst->in));
	return true;
}

static bool do_fill(struct pair *dst, const struct pair *a, const struct pair *b)
{
	pageset_fill(&dst->set);
	memset(dst->in, true, sizeof(dst->in));
	return true;
}

static bool do_copy(struct pair *dst, const struct pair *a, const struct pair *b)
{
	if (a == dst)
		return true;
	pageset_copy(&dst->set, &a->set);
	memcpy(dst->in, a->in, sizeof(dst->in));
	return true;
}

static bool do_or(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 i;

	pageset_or(&dst->set, &a->set);
	for (i = 0; i < npages; i++)
		dst->in[i] |= a->in[i];
	return true;
}

/* @dst may be @a or @b, here and in a caller. */
static bool do_andnot(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 i, left = pageset_andnot(&dst->set, &a->set, &b->set);

	for (i = 0; i < npages; i++)
		dst->in[i] = a->in[i] && !b->in[i];
	return left == model_count(dst);
}

/* As a log does it: bits of others' making, some of them past the end. */
static bool do_survey(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 tail = npages % PAGESET_BITS, past = tail ? ~0ull << tail : 0, i;

	memset(dst->in, false, sizeof(dst->in));
	memset(dst->set.words, 0, pageset_nr_words(&dst->set) * sizeof(u64));
	for (i = 0; npages && i < 5; i++) {
		u64 page = rng_below(&rng, npages);

		dst->set.words[page / PAGESET_BITS] |= 1ull << page % PAGESET_BITS;
		dst->in[page] = true;
	}
	past &= rng_u64(&rng);
	if (tail)
		dst->set.words[npages / PAGESET_BITS] |= past;
	return pageset_survey(&dst->set) == past;
}

static bool do_put(struct pair *dst, const struct pair *a, const struct pair *b)
{
	u64 i, word = rng_below(&rng, npages / PAGESET_BITS + 1), bits;

	if (word == npages / PAGESET_BITS)
		return true;
	bits = rng_below(&rng, 2) ? rng_u64(&rng) : 0;
	pageset_put(&dst->set, word, bits);
	for (i = 0; i < PAGESET_BITS; i++)
		dst->in[word * PAGESET_BITS + i] = bits >> i & 1;
	return true;
}

/* The rare ones stand once; most steps leave sets that are neither empty nor full. */
static const step_fn steps[] = {
	do_set, do_set, do_set, do_set, do_set, do_set, do_clear, do_clear,
	do_clear, do_clear, do_zero, do_fill, do_copy, do_or, do_andnot,
	do_survey, do_put, do_put,
};

static struct pair *any_pair(void)
{
	return &pairs[rng_below(&rng, NR_SETS)];
}

static bool walk(void)
{
	u64 i, nr = WALK_PAGES / (npages + 2000);

	for (i = 0; i < nr; i++) {
		struct pair *dst = any_pair();
		step_fn step = steps[rng_below(&rng, ARRAY_SIZE(steps))];

		if (!step(dst, any_pair(), any_pair()) || !same(dst))
			return false;
	}
	return true;
}

static void begin(u64 size)
{
	int i;

	npages = size;
	rng.state = size;
	for (i = 0; i < NR_SETS; i++) {
		memset(pairs[i].in, false, sizeof(pairs[i].in));
		pageset_init(&pairs[i].set, npages);
	}
}

static void end(void)
{
	int i;

	for (i = 0; i < NR_SETS; i++)
		pageset_free(&pairs[i].set);
}

static void test_size(u64 size)
{
	struct pair *p = &pairs[0];

	begin(size);
	ok(pageset_nr_words(&p->set) == (size + 63) / 64 && same(p),
	   "%llu pages: empty at first", (unsigned long long)size);
	do_fill(p, p, p);
	ok(same(p), "%llu pages: fill stops at the last page",
	   (unsigned long long)size);
	do_zero(p, p, p);
	ok(same(p) && pageset_next_group(&p->set, 0) == pageset_nr_groups(&p->set),
	   "%llu pages: zero", (unsigned long long)size);
	ok(walk(), "%llu pages: random steps agree with the model",
	   (unsigned long long)size);
	end();
	ok(!p->set.words && !p->set.npages, "%llu pages: freed",
	   (unsigned long long)size);
}

/* A set of a large memslot looks at nothing where no member is. */
static void test_sparse(void)
{
	u64 size = (1ull << 31) - 1, page, n = 0;
	struct pageset a, b, c;
	u64 past = 0;

	pageset_init(&a, size);
	pageset_init(&b, size);
	pageset_init(&c, size);
	pageset_set(&a, 0);
	pageset_set(&a, size - 1);
	pageset_set(&b, 1ull << 30);
	pageset_or(&a, &b);
	pageset_copy(&c, &a);
	pageset_for_each(page, &c)
		n += page;
	ok(n == size - 1 + (1ull << 30) && pageset_count(&a) == 3 &&
	   pageset_andnot(&a, &c, &b) == 2 && !pageset_test(&a, 1ull << 30) &&
	   pageset_next(&a, 1) == size - 1, "as many pages as KVM allows");
	for (page = 0; page < pageset_nr_groups(&c); page++)
		past += pageset_has_group(&c, page);
	ok(past == 3, "three pages are in three groups");
	pageset_free(&a);
	pageset_free(&b);
	pageset_free(&c);
}

/* The words of somebody else, which end where memory does. */
static void test_borrowed(void)
{
	u64 nr = 4097 / 64 + 1, *words = calloc(nr, sizeof(*words));
	struct pageset s;

	pageset_borrow(&s, 4097, words);
	words[nr - 1] = ~0ull;
	words[3] = 2;
	ok(pageset_survey(&s) == ~1ull && pageset_count(&s) == 2 &&
	   pageset_next(&s, 0) == 193 && pageset_next(&s, 194) == 4096,
	   "borrowed words are surveyed");
	words[3] = 0;
	ok(!pageset_survey(&s) && !pageset_has_group(&s, 0) &&
	   pageset_count(&s) == 1, "a second survey forgets the first");
	pageset_free(&s);
	free(words);
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		test_size(sizes[i]);
	test_sparse();
	test_borrowed();
	return unit_end();
}
