/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the host that is there, or the program ends: status 1, which a running test
 * reports as its failure.
 */
#ifndef SUITE_ALLOC_H
#define SUITE_ALLOC_H

#include <stdio.h>
#include <stdlib.h>

static inline void *alloc_checked(void *p)
{
	if (p)
		return p;
	fputs("# out of memory\n", stderr);
	exit(1);
}

/* @nr objects of @size bytes, all zeros; never NULL, even for none. */
static inline void *alloc_zeroed(size_t nr, size_t size)
{
	return alloc_checked(calloc(nr ? nr : 1, size));
}

/* @p made as large as @nr objects of @size bytes, which must not overflow. */
static inline void *alloc_grown(void *p, size_t nr, size_t size)
{
	return alloc_checked(realloc(p, nr * size));
}

#endif
