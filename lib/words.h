/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory in words.  memset(), memcpy() and memcmp() are libkvm's here, written for
 * guests to use, byte by byte; this is for what is large.
 */
#ifndef SUITE_WORDS_H
#define SUITE_WORDS_H

#include "types.h"

/* @nr: words; all memory is aligned to words. */
void words_fill(u64 *words, u64 word, u64 nr);
void words_copy(u64 *dst, const u64 *src, u64 nr);
bool words_are_zero(const u64 *words, u64 nr);
/* How many words are the same in both before the first that is not. */
u64 words_same(const u64 *a, const u64 *b, u64 nr);
/* The same in bytes, which need not be whole words. */
u64 bytes_same(const void *a, const void *b, u64 bytes);

#endif
