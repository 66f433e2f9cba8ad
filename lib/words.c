// SPDX-License-Identifier: GPL-2.0-only
/* Memory in words; compiled so that these loops stay loops of vectors. */
#include "words.h"

/* So many at once, without a branch. */
#define BLOCK 64

void words_fill(u64 *words, u64 word, u64 nr)
{
	u64 i;

	for (i = 0; i < nr; i++)
		words[i] = word;
}

void words_copy(u64 *dst, const u64 *src, u64 nr)
{
	u64 i;

	for (i = 0; i < nr; i++)
		dst[i] = src[i];
}

static bool block_is_zero(const u64 *words)
{
	u64 any = 0, i;

	for (i = 0; i < BLOCK; i++)
		any |= words[i];
	return !any;
}

bool words_are_zero(const u64 *words, u64 nr)
{
	for (; nr >= BLOCK; words += BLOCK, nr -= BLOCK)
		if (!block_is_zero(words))
			return false;
	while (nr && !words[nr - 1])
		nr--;
	return !nr;
}

static bool blocks_are_same(const u64 *a, const u64 *b)
{
	u64 any = 0, i;

	for (i = 0; i < BLOCK; i++)
		any |= a[i] ^ b[i];
	return !any;
}

u64 words_same(const u64 *a, const u64 *b, u64 nr)
{
	u64 i = 0;

	while (i + BLOCK <= nr && blocks_are_same(a + i, b + i))
		i += BLOCK;
	while (i < nr && a[i] == b[i])
		i++;
	return i;
}

u64 bytes_same(const void *a, const void *b, u64 bytes)
{
	u64 at = sizeof(u64) * words_same(a, b, bytes / sizeof(u64));

	while (at < bytes && ((const u8 *)a)[at] == ((const u8 *)b)[at])
		at++;
	return at;
}
