/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log modes: the ways KVM hands out its dirty log.
 *
 * A harvest is one collection of the log, for all logged memslots of a VM.
 */
#ifndef SUITE_HARVEST_H
#define SUITE_HARVEST_H

#include "log.h"
#include "log_mode.h"
#include "ring.h"

/* The rows of log_modes[]. */
enum {
	LOG_BITMAP,
	LOG_CLEAR,
	LOG_CLEAR_PIECES,
	LOG_INITSET,
	LOG_RING,
	LOG_RING_SMALL,
	LOG_RING_PIECES,
	LOG_RING_BITMAP,
};

extern const struct log_mode log_modes[];
extern const unsigned int nr_log_modes;

/*
 * Collect the log of @t once.  Fails the running test when the log itself is
 * malformed: bits past the end of a memslot, ring entries for memslots or pages
 * that do not exist, a reset that counts other than what was collected, a page of
 * guest_memfd that was entered into a ring twice without a reason.
 */
void harvest(struct testvm *t);

/*
 * A harvest of rings that the test collects by itself begins: nothing is reported yet.
 * check_reported() judges it.
 */
void harvest_by_hand(struct testvm *t);

#endif
