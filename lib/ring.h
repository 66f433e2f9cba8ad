/* SPDX-License-Identifier: GPL-2.0-only */
/* The vCPUs' dirty rings. */
#ifndef SUITE_RING_H
#define SUITE_RING_H

#include "memslot.h"

/* The thread that harvests gets signals, which end its ioctls early. */
extern bool harvest_signals;
/* What handles these signals, in whichever thread: harvests want to know of them. */
void harvest_signalled(int signal);
/* How many of them this thread had. */
u64 harvest_signals_seen(void);

/* The entry @n after the next one to be taken, or NULL when it is not dirty. */
struct kvm_dirty_gfn *ring_entry(struct kvm_vcpu *vcpu, u32 n);
/* Give the next one back to KVM, for the next KVM_RESET_DIRTY_RINGS to see. */
void ring_consume(struct kvm_vcpu *vcpu, struct kvm_dirty_gfn *e);

/*
 * Entries of rings outlive memslots and their logs.  Take up to @max of them
 * that nobody wants to see; without rings there are none.  Returns how many.
 */
u32 ring_discard(struct testvm *t, u32 max);
/*
 * May KVM have left @page of @s unprotected, because a signal ended the reset of its
 * ring's entry (kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c), or because a test gave
 * it back in one batch with a stale one (kvm_reset_dirty_gfn() there)?  Until it is
 * reported again, or its log starts anew, what is written to it may be lost.
 * t->nr_interrupted counts resets that were certainly ended early.
 */
bool ring_unreset_page(const struct testslot *s, u64 page);
/* How many entries wait in the rings. */
u32 ring_pending(struct testvm *t);

/* Take at most @max entries of every ring and give them back to KVM; how many there were. */
u32 ring_collect_some(struct testvm *t, u32 max);
/*
 * Judge what has been taken since t->taken was emptied: a page of guest_memfd that was
 * entered twice without a reason fails the test.
 */
void ring_check_repeats(struct testvm *t);

#endif
