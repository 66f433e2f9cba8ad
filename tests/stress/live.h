/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM whose vCPUs do not stop: each follows its op stream (lib/stream.h) on a
 * thread of its own while the host harvests, and the host knows from two
 * counters of each which ops lie before, around and after a harvest.
 *
 * All of the host's work is done by one thread, the one that calls these
 * functions; only what is marked so runs on others.
 */
#ifndef STRESS_LIVE_H
#define STRESS_LIVE_H

#include <pthread.h>

#include "account.h"
#include "guest_stream.h"
#include "image.h"
#include "testvm.h"
#include "where.h"

#define LIVE_SLOT 1
#define LIVE_MAX_VCPUS ACCOUNT_MAX_VCPUS
/* Ops that may meet what is left in the TLB. */
#define ECHO_OPS 8

enum live_state {
	LIVE_IDLE,	/* out of KVM_RUN, by the host's wish */
	LIVE_RUNNING,
	LIVE_FULL,	/* waiting for its ring to be reset */
};

/* How often a vCPU left its guest, and on x86 how often of these for a page fault. */
struct vcpu_exits {
	u64 all, faults;
};

/*
 * An echo, see live_echo(), as far as one vCPU is concerned.
 *
 * @from, @was:	what it had done, and how often it had left its guest, just before
 *		pages were protected
 * @displaced:	the harvesting thread had taken its CPU
 */
struct vcpu_echo {
	u64 from;
	struct vcpu_exits was;
	bool displaced;
};

/*
 * @tid:	its thread, for /proc
 * @stream, @stream_gva: its program, as the host and as the guest see it
 * @replayed:	ops below are in the expected contents
 * @state, @inside: its thread's, and whether it is in KVM_RUN; guarded by the VM's lock
 */
struct live_vcpu {
	struct live *l;
	int id;
	pthread_t thread;
	pid_t tid;
	struct vcpu_echo echo;
	struct stream *stream;
	u64 stream_gva;
	u64 replayed;
	enum live_state state;
	bool inside;
};

/*
 * What a run did, so that nobody can think it idled: numbers, and nothing else.
 *
 * @buffered:	writes that a CPU's buffer might hold as harvests began (PML)
 * @kicked:	harvests for which all vCPUs had left KVM_RUN
 * @syncs:	vCPUs in their guests as a log was read that was empty, of @sync_tries;
 *		@sync_ops: that they did then before they left; @signal_ops: the same
 *		after a signal
 * @stalled:	harvests before which no vCPU had finished an op since the last one
 * @echo_tries, @echoes: vCPUs that wrote the moment after pages were protected, and
 *		those of them that had not left their guests in between, so that their
 *		TLBs were put to the test
 * @signals:	to the thread that harvests; @interrupted: resets of rings they ended
 * @toggles, @slots, @neighbours, @holes, @cpus, @left, @attempts: logs switched on
 *		again, memslots made or moved, others come or gone, holes punched, vCPUs
 *		moved to another CPU, pages reported and left in the log, snapshots that
 *		failed
 */
struct live_stats {
	u64 ops, writes, harvests, straddlers, pages, reported, diverted, full;
	u64 buffered, kicked, sync_tries, syncs, sync_ops, signal_ops;
	u64 stalled, echo_tries, echoes, signals, interrupted;
	u64 toggles, slots, neighbours, holes, cpus, left, attempts;
};

/*
 * What to make a live VM of.
 *
 * @vcpus, @npages: how many of each
 * @plain:	nothing but plain loads and stores, which a VMM can emulate
 * @apart:	no access goes from one page into the next
 * @spread:	no page is more likely than another
 * @hot:	few pages, which stay in a vCPU's TLB while it does not exit
 * @windows:	1, or 2 to have the guest look for the memslot in two places
 * @kicks:	vCPUs leave KVM_RUN for each harvest
 * @unmaps:	KVM may unmap pages in the course of it, so that a read may
 *		count as a first one again
 */
struct live_shape {
	const struct subject *subject;
	const struct log_mode *mode;
	u64 seed;
	u32 vcpus;
	u64 npages;
	bool plain, apart, spread, hot, kicks, unmaps;
	int windows;
};

/*
 * @kinds:	as in every vCPU's stream, which has room for @max_kinds
 * @since:	every page reported since somebody emptied it
 * @account:	which ops are where, each vCPU's at its @id
 * @gfn:	where the guest looks for the memslot
 * @uncleared:	pages that the last harvest reported and left in the log
 * @by_vcpu:	what each vCPU's ring reported, whichever memslot it is now
 * @echo:	vCPUs may go on as soon as pages are protected, see live_echo()
 * @echo_flushes: KVM's count of flushes when the last echo began
 * @out:	vCPUs are to stay out of KVM_RUN
 * @lock:	guards the vCPUs' states, @out and @quit; @wake tells of changes
 */
struct live {
	struct testvm t;
	struct backing b;
	struct testslot *slot;
	struct live_shape shape;
	const struct guest_kind **kinds;
	u32 max_kinds;
	struct account account;
	u64 gfn[2];
	struct pageset uncleared, since;
	struct image image;
	bool echo;
	u64 echo_flushes;
	struct live_vcpu vcpus[LIVE_MAX_VCPUS];
	struct pageset *by_vcpu;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool out, quit;
	struct live_stats stats;
	struct rng rng;
};

/* Make the VM, its memory and its memslot; the vCPUs wait. */
void live_create(struct live *l, const struct live_shape *shape);
void live_destroy(struct live *l);

/* The vCPUs start, or go on, and may do @ops more each. */
void live_start(struct live *l, u64 ops);
void live_grant(struct live *l, u64 ops);

/*
 * Harvest, judge, and copy what was reported into the image.  Returns how many
 * pages were.  With PML every other time all vCPUs leave KVM_RUN for it, so that
 * no write is allowed to be late.
 */
u64 live_harvest(struct live *l);

/* Stop the vCPUs between two ops, harvesting as long as rings are full. */
void live_stop(struct live *l);

/*
 * With the vCPUs stopped, or waiting: bring the expected contents up to what the
 * streams did.
 */
void live_replay(struct live *l);
/* The same, and memory must be what the streams say. */
void live_check_content(struct live *l);
/* And the image must be the memory, once the last harvest is in it. */
void live_check_image(struct live *l);

/*
 * Have @protect, a harvest or the start of the log, protect pages that are in the
 * vCPUs' TLBs, and let them do a few ops more before anybody else does anything: a
 * vCPU whose TLB was not flushed writes unseen.  Then they wait, and harvest: what
 * leaves the guest later cannot mend what was lost.
 */
void live_echo(struct live *l, void (*protect)(struct live *l));

/*
 * Around something after which the log is new and empty: what was written
 * before is forgotten, what is under way meanwhile is allowed.
 */
void live_log_begins(struct live *l);
void live_log_begun(struct live *l);
/* After that, and before long: all of the memory goes into the image. */
void live_copy_all(struct live *l);

/*
 * The vCPUs' rings are free again: those that wait go on.  To be called after
 * each reset that is not a harvest's.
 */
void live_rings_reset(struct live *l);

/* Wait until each vCPU has made @ops steps more, or waits for something. */
void live_let_run(struct live *l, u64 ops);

/* How often a vCPU has left its guest, or ACCOUNT_OUT while it is out of KVM_RUN. */
u64 live_exits(struct live *l, u32 vcpu);

/* The memslot goes; it comes back at window @i, empty of any log. */
void live_delete_slot(struct live *l);
void live_add_slot(struct live *l, int i);

/* Pages of the memslot as the host sees them. */
u8 *live_memory(struct live *l);

#endif
