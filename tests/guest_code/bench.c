// SPDX-License-Identifier: GPL-2.0-only
/* Loops of writes to compare that of op streams with. */
#include "guest_bench.h"

static void guest_bare(u64 gva, u64 val)
{
	struct bench_loop *b = (void *)val;
	u64 page = 0, n;

	for (n = 1; !READ_ONCE(b->stop); n++) {
		WRITE_ONCE(*(u64 *)(gva + page * b->page_size), n);
		page = page + 1 < b->npages ? page + 1 : 0;
		WRITE_ONCE(b->done, n);
	}
}

/* A copy of libkvm's generator, whose name differs between kernels. */
static u32 minstd(u32 *seed)
{
	*seed = (u64)*seed * 48271 % ((1u << 31) - 1);
	return *seed;
}

static void guest_random(u64 gva, u64 val)
{
	struct bench_loop *b = (void *)val;
	u32 seed = 0x12345678;
	u64 r, n;

	for (n = 1; !READ_ONCE(b->stop); n++) {
		r = (u64)minstd(&seed) << 32;
		r |= minstd(&seed);
		WRITE_ONCE(*(u64 *)(gva + r % b->npages * b->page_size), n);
		WRITE_ONCE(b->done, n);
	}
}

const struct guest_kind bench_bare = {
	.name = "bench_bare",
	.guest = guest_bare,
};

const struct guest_kind bench_random = {
	.name = "bench_random",
	.guest = guest_random,
};
