/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which ops of vCPUs that do not stop lie before, around and after a harvest, and
 * what the oracle is told of their pages (docs/oracle.md, docs/stress.md).
 *
 * All of the accounting and nothing of KVM: the unit tests run it, too.
 */
#ifndef STRESS_ACCOUNT_H
#define STRESS_ACCOUNT_H

#include <pthread.h>

#include "oracle.h"
#include "stream.h"

#define ACCOUNT_MAX_VCPUS 64
/* Readings of a vCPU's exits that wait for the next exits. */
#define ACCOUNT_MARKS 4
/* What account.exits() says of a vCPU that is out of KVM_RUN. */
#define ACCOUNT_OUT (~0ull)

/* What an op of a kind does to its pages, as far as the log sees it. */
enum op_effect {
	OP_READS,
	OP_TRIES,	/* faults like a write and writes nothing */
	OP_WRITES,
};

/* When a vCPU had left its guest @exits times, the ops below @done had finished. */
struct account_mark {
	u64 done, exits;
};

/*
 * @stream:	its program
 * @before, @after: ops done before, and begun after, the harvest under way
 * @begun, @ended: ops begun, and then done, at the readings between these two
 * @from:	ops below are accounted for; below @prev they were one harvest
 *		earlier
 * @flushed:	what ops below have written is in the log, and no more in a buffer
 *		of the CPU, see account.exits
 * @marks, @nr_marks: the oldest first
 * @may:	pages that its ring may report in the next harvest
 * @read:	pages it read since the last harvest, or about it, that KVM may have
 *		had to map for it: lib/known.c asks
 * @diverted:	ops that found no memslot and so wrote nothing, ascending;
 *		guarded by the lock, as its own thread adds them
 */
struct account_vcpu {
	const struct stream *stream;
	u64 before, begun, ended, after, from, prev, flushed;
	struct account_mark marks[ACCOUNT_MARKS];
	u32 nr_marks;
	struct pageset may, read;
	u64 *diverted;
	u64 nr_diverted, max_diverted;
};

/*
 * @effects:	of the streams' kinds
 * @first_emulated: kinds from here on are KVM's doing and map nothing
 * @stays:	the memslot does; else ops may find none
 * @keeps:	what KVM has mapped stays mapped: reading it is no first read
 * @settled:	nothing takes warm pages away from KVM
 * @reads_warm:	a page that was read is warm; else only one that was written, for
 *		only then is it what it stays (testslot_settle())
 * @first_read, @failed_write: what the contract allows here
 * @warm:	pages that KVM has mapped, see @reads_warm
 * @touched:	pages that will be warm after the next harvest
 * @load:	reads a counter that the guest writes to; the unit tests have their
 *		own
 * @exits:	how often a vCPU has left its guest, or ACCOUNT_OUT, where CPUs log
 *		into a buffer that is emptied then (PML); else NULL
 * @ops, @writes: finished and accounted for
 * @straddlers, @busy: ops around harvests, and those under way as they began
 * @buffered:	writes that might still have been in a buffer as harvests began
 */
struct account {
	u32 nr_vcpus;
	struct account_vcpu vcpus[ACCOUNT_MAX_VCPUS];
	enum op_effect *effects;
	u32 first_emulated;
	bool stays, keeps, settled, reads_warm, first_read, failed_write;
	struct pageset warm, touched;
	pthread_mutex_t lock;
	u64 (*load)(const u64 *counter);
	u64 (*exits)(const struct account *a, u32 vcpu);
	u64 ops, writes, straddlers, busy, buffered;
};

/*
 * Of @nr_vcpus, whose streams come later and have at most @nr_kinds kinds, and a
 * memslot of @npages pages.
 */
void account_init(struct account *a, u32 nr_vcpus, u64 npages, u32 nr_kinds);
void account_free(struct account *a);

/* What @vcpu did below op @n is not this account's business. */
void account_resume(struct account *a, u32 vcpu, u64 n);

/* Op @n of @vcpu has found no memslot; may be called by any thread. */
void account_divert(struct account *a, u32 vcpu, u64 n);
bool account_is_diverted(struct account *a, u32 vcpu, u64 n);

/* To be called right before a harvest, and right after it. */
void account_read_before(struct account *a);
void account_read_after(struct account *a);

/* What straddled the last harvest, which reported @reported, has finished. */
void account_settle(struct account *a, struct oracle *o, const struct pageset *reported);
/* Tell @o of all ops before and around the harvest. */
void account_harvest(struct account *a, struct oracle *o);
/* It was judged: the next interval begins. */
void account_next(struct account *a);
/* The pages of @left were reported and not cleared: they stay in the log.  Empties it. */
void account_left(struct oracle *o, struct pageset *left);
/*
 * A log has begun between the two readings, new and empty: what was written before
 * is forgotten, what was under way is allowed.
 */
void account_log_begun(struct account *a, struct oracle *o);

/* @vcpu's ring had @pages in it: leave those that it may not have. */
void account_ring(const struct account *a, u32 vcpu, struct pageset *pages);

/*
 * The last op of @vcpu that touched @page, or that has written to it, since the
 * last harvest but one: true and *@n.
 */
bool account_find(struct account *a, u32 vcpu, u64 page, bool writes, u64 *n);

#endif
