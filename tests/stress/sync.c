// SPDX-License-Identifier: GPL-2.0-only
/*
 * With PML an ioctl that reads or clears a bitmap kicks the vCPUs, so that what their
 * CPUs have logged is not late for ever: kvm_arch_sync_dirty_log() in
 * arch/x86/kvm/x86.c.  A log in which nothing is dirty flushes no TLB, so nothing but
 * the kick makes a vCPU leave its guest.
 */
#include <stdio.h>

#include "harvest.h"
#include "stress.h"
#include "vcpu.h"

#define SYNC_SLOT (LIVE_SLOT + 1)
#define TRIES 32
/* An interrupt is there before a guest has done so much. */
#define LATENCY_OPS 1000
#define SPINS 100000

static struct backing quiet;
static u64 *quiet_log;

/* A memslot that no vCPU touches. */
void sync_begin(struct live *l)
{
	u64 gfn = testvm_window_gfn(&l->t) + WINDOW_PAGES;
	int r;

	backing_create(&quiet, l->shape.subject, l->t.vm, l->t.page_size);
	r = backing_attach(&quiet, l->t.vm, SYNC_SLOT, KVM_MEM_LOG_DIRTY_PAGES,
			   gfn * l->t.page_size, 0, quiet.size);
	if (r)
		report_fatal("another memslot cannot come errno=%d", -r);
	quiet_log = logbuf_create(1);
}

/* KVM unmaps all that it has when a memslot goes. */
void sync_end(struct live *l)
{
	memslot_delete(l->t.vm, SYNC_SLOT);
	backing_destroy(&quiet);
	logbuf_destroy(quiet_log, 1);
}

/* Do its ops reach @n before it has left its guest more than @exits times? */
static bool reaches(struct live_vcpu *v, u64 n, u64 exits)
{
	u64 i;

	for (i = 0; i < SPINS; i++) {
		if (live_exits(v->l, v->id) != exits)
			return false;
		if (READ_ONCE(v->stream->done) >= n)
			return true;
	}
	return false;
}

/*
 * Where the counter of exits has not moved and ops have, the vCPU was in its guest all
 * the time, and is to be kicked.
 */
static void sync_vcpu(struct live_vcpu *v)
{
	struct live *l = v->l;
	u64 exits, n;
	int r;

	live_grant(l, 4 * LATENCY_OPS);
	exits = live_exits(l, v->id);
	n = READ_ONCE(v->stream->done) + 1;
	if (exits == ACCOUNT_OUT || !reaches(v, n, exits))
		return;
	r = log_get(&l->t, SYNC_SLOT, quiet_log);
	if (r)
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d", -r);
	l->stats.syncs++;
	n = READ_ONCE(v->stream->done) + LATENCY_OPS;
	l->stats.unsynced += reaches(v, n, exits);
}

void sync_act(struct live *l)
{
	u64 tries = l->stats.syncs + TRIES, i;

	for (i = 0; i < 4 * TRIES && l->stats.syncs < tries; i++) {
		sync_vcpu(&l->vcpus[i % l->shape.vcpus]);
		if (i % 8 == 7)
			live_harvest(l);
	}
	if (l->stats.syncs >= TRIES && 2 * l->stats.unsynced > l->stats.syncs)
		report_fail("not kicked: %lu of %lu vCPUs went on as a log was read seed=%#lx",
			    l->stats.unsynced, l->stats.syncs, l->shape.seed);
}
