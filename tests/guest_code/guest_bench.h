/* SPDX-License-Identifier: GPL-2.0-only */
/* Loops of writes to compare that of op streams with. */
#ifndef SUITE_GUEST_BENCH_H
#define SUITE_GUEST_BENCH_H

#include "guest_op.h"

/*
 * An op of these kinds goes on until it is told to stop.  Its value points to
 * this, its address is the first page.
 *
 * @done:	writes so far; the host reads it at any time
 */
struct bench_loop {
	u64 npages, page_size;
	u64 done;
	u32 stop;
};

/* One page after the other, and nothing else. */
extern const struct guest_kind bench_bare;
/* Random pages, as the guest code of dirty_log_test does it. */
extern const struct guest_kind bench_random;

#endif
