/* SPDX-License-Identifier: GPL-2.0-only */
/* Ops that measure, as the guest sees it. */
#ifndef SUITE_GUEST_PERF_H
#define SUITE_GUEST_PERF_H

#include <processor.h>
#ifdef __aarch64__
#include <arch_timer.h>
#endif

#include "guest_op.h"

/* How many writes of one sweep are timed one by one. */
#define SWEEP_TICKS 512

/*
 * What an op of these kinds does to which pages, and what it found.  The op's
 * value points to it, its address is the first page.
 *
 * @step:	bytes from one write to the next
 * @nr:		writes
 * @duration:	hammer: ticks to go on for, over the same @nr pages
 * @ticks:	sweep: what each write took
 * @writes, @elapsed: hammer: how many there were, and the ticks they took
 * @longest:	hammer: the longest time between two of them
 */
struct sweep {
	u64 step;
	u64 nr;
	u64 duration;
	u64 writes, elapsed, longest;
	u64 ticks[SWEEP_TICKS];
};

/* Write each page once: untimed, timed, or again and again. */
extern const struct guest_kind fill_pages;
extern const struct guest_kind sweep_pages;
extern const struct guest_kind hammer_pages;

/* The clock that guest and host both can read. */
static inline u64 read_clock(void)
{
#ifdef __x86_64__
	return rdtsc();
#else
	return timer_get_cntct(VIRTUAL);
#endif
}

#endif
