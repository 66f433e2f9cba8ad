/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was taken from dirty rings, entry by entry, in the order in which
 * KVM_RESET_DIRTY_RINGS goes through them: ring after ring, by vCPU.
 */
#ifndef SUITE_RINGLOG_H
#define SUITE_RINGLOG_H

#include "types.h"

/* As in struct kvm_dirty_gfn: @slot with its address space, @page of the memslot. */
struct ring_taken {
	u32 vcpu;
	u32 slot;
	u64 page;
};

struct ringlog {
	struct ring_taken *taken;
	u64 nr, max;
};

/* Exits when memory is out. */
void ringlog_add(struct ringlog *l, u32 vcpu, u32 slot, u64 page);
void ringlog_empty(struct ringlog *l);
void ringlog_free(struct ringlog *l);

/*
 * Entries [@first, @end), and no others, were reset by a call that a signal may have
 * ended.  kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c protects pages in batches, of
 * one ring, one memslot, and at most 64 pages from the first to the last; the batch at
 * hand is what it forgets.  Returns the first entry that may have been in it.
 */
u64 ringlog_last_batch(const struct ringlog *l, u64 first, u64 end);

/*
 * Order entries by memslot, page and vCPU.  What ringlog_last_batch() wants to know
 * is lost then.
 */
void ringlog_sort(struct ringlog *l);
/* Of sorted entries: how many from @i on are the same as this one; at least 1. */
u64 ringlog_run(const struct ringlog *l, u64 i);

#endif
