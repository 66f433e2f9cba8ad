/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log modes: the ways KVM hands out its dirty log.
 *
 * A harvest is one collection of the log, for all logged memslots of a VM.
 */
#ifndef SUITE_HARVEST_H
#define SUITE_HARVEST_H

#include "testvm.h"

/*
 * @name:		as it appears in test names
 * @about:		one line for people
 * @unsupported:	why the mode cannot be used on this KVM, or NULL
 * @enable:		prepare @vm, which has neither vCPUs nor logged memslots
 * @collect:		move the log into slot->reported of every logged memslot
 *			and write-protect what was reported
 * @rings:		vCPUs have rings
 * @rings_only:		and memslots have no bitmap
 * @initially_set:	KVM reports every page of a memslot in its first harvest
 */
struct log_mode {
	const char *name;
	const char *about;
	const char *(*unsupported)(struct kvm_vm *vm);
	void (*enable)(struct kvm_vm *vm);
	void (*collect)(struct testvm *t);
	bool rings;
	bool rings_only;
	bool initially_set;
};

/* The thread that harvests gets signals, which end its ioctls early. */
extern bool harvest_signals;
/* What handles these signals, in whichever thread: harvests want to know of them. */
void harvest_signalled(int signal);
/* How many of them this thread had. */
u64 harvest_signals_seen(void);

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

/* Buffers for KVM_GET_DIRTY_LOG that end at an unmapped page. */
u64 *logbuf_create(u64 npages);
void logbuf_destroy(u64 *log, u64 npages);

/* For who measures: called before and after each ioctl below; or NULL. */
extern void (*log_ioctl)(bool begins);

/* The log ioctls as KVM has them.  Return 0 or -errno. */
int log_get(struct testvm *t, u32 slot, void *bitmap);
int log_clear(struct testvm *t, u32 slot, u64 first, u32 num, void *bitmap);

/*
 * KVM_GET_DIRTY_LOG of @s into s->log, which is what s->reported consists of.
 * The test fails and ends when KVM refuses.
 */
void log_collect(struct testslot *s);

/* Does KVM keep bitmaps for @t, or rings alone? */
bool log_has_bitmap(const struct testvm *t);

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
 * ring's entry (kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c)?  Until it is reported
 * again, or its log starts anew, what is written to it may be lost.  t->nr_interrupted
 * counts resets that were certainly ended early.
 */
bool ring_interrupted_page(const struct testslot *s, u64 page);
/* How many entries wait in the rings. */
u32 ring_pending(struct testvm *t);

#endif
