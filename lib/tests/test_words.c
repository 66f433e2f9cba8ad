// SPDX-License-Identifier: GPL-2.0-only
/* words.c against one word at a time. */
#include "rng.h"
#include "unit.h"
#include "words.h"

#define MAX 200

static const u64 sizes[] = { 0, 1, 2, 63, 64, 65, 127, 128, 129, 192, MAX };

static u64 a[MAX + 1], b[MAX + 1];

static bool all_are(const u64 *words, u64 word, u64 nr)
{
	while (nr--)
		if (words[nr] != word)
			return false;
	return true;
}

/* One bit anywhere is seen, and where it is. */
static bool bits_are_seen(u64 nr)
{
	u64 i;

	for (i = 0; i < nr; i++) {
		words_fill(a, 0, nr);
		words_fill(b, 0, nr);
		a[i] = 1ull << i % 64;
		if (words_are_zero(a, nr) || words_same(a, b, nr) != i)
			return false;
	}
	return true;
}

static void test_size(u64 nr)
{
	struct rng rng = { nr };
	u64 i;

	a[nr] = 7;
	words_fill(a, 5, nr);
	ok(all_are(a, 5, nr) && a[nr] == 7, "%llu words: fill",
	   (unsigned long long)nr);
	words_fill(a, 0, nr);
	ok(words_are_zero(a, nr), "%llu words: zero, and no more is looked at",
	   (unsigned long long)nr);
	for (i = 0; i < nr; i++)
		a[i] = rng_u64(&rng);
	b[nr] = 8;
	words_copy(b, a, nr);
	ok(words_same(a, b, nr) == nr && b[nr] == 8, "%llu words: copy",
	   (unsigned long long)nr);
	ok(bits_are_seen(nr), "%llu words: one bit", (unsigned long long)nr);
}

/* Ends that are no whole words: what is behind them is not looked at. */
static void test_bytes(void)
{
	words_fill(a, 5, 4);
	words_copy(b, a, 4);
	((u8 *)a)[21] = 1;
	ok(bytes_same(a, b, 21) == 21, "bytes: what differs is behind the end");
	ok(bytes_same(a, b, 22) == 21, "bytes: the last one differs");
	ok(bytes_same(a, b, 13) == 13, "bytes: all that follows is the same");
	ok(bytes_same(a, b, 0) == 0, "no bytes");
}

int main(void)
{
	size_t i;

	test_bytes();

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		test_size(sizes[i]);
	return unit_end();
}
