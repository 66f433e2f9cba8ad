/* SPDX-License-Identifier: GPL-2.0-only */
/* Which op left what in memory, for a failure of contents to name the ops. */
#ifndef SUITE_HISTORY_H
#define SUITE_HISTORY_H

#include "guest_op.h"

/* So many ops are remembered, the latest ones; and so many bytes of each. */
#define HISTORY_OPS 16384
#define HISTORY_BYTES 16

/*
 * What one op wrote.
 *
 * @mem:	the first byte, where the host has it
 * @harvest:	the number of the next harvest
 * @op:		its number since the one before
 * @after:	what should then have been at @mem: as much of it as fits
 */
struct history_entry {
	const u8 *mem;
	u64 harvest, op;
	u32 vcpu;
	const struct guest_kind *kind;
	u8 after[HISTORY_BYTES];
};

/* All zeros is an empty one.  @nr: ops so far, forgotten ones included. */
struct history {
	struct history_entry *entries;
	u64 nr;
};

/* Exits when there is no memory. */
void history_add(struct history *h, const struct history_entry *e);
void history_free(struct history *h);

/* The last op that wrote the byte at @mem, or NULL. */
const struct history_entry *history_last(const struct history *h, const u8 *mem);

/*
 * The last op that should have left at @mem, and to its end, what is there now; NULL when
 * there is none.
 */
const struct history_entry *history_of(const struct history *h, const u8 *mem);

#endif
