/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The random numbers behind every choice a test makes: splitmix64, so that the
 * n-th number of a seed is a function of n and can be drawn again by the host,
 * by the guest and by a replay.
 */
#ifndef SUITE_RNG_H
#define SUITE_RNG_H

#include "types.h"

/* From one number's state to the next one's. */
#define RNG_STEP 0x9e3779b97f4a7c15ull

struct rng {
	u64 state;
};

static inline u64 rng_u64(struct rng *r)
{
	u64 z = r->state += RNG_STEP;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* A number in [0, @n); @n at least 1.  The bias is below n / 2^64. */
static inline u64 rng_below(struct rng *r, u64 n)
{
	return rng_u64(r) % n;
}

#endif
