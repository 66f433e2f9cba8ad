// SPDX-License-Identifier: GPL-2.0-only
/*
 * With PML an ioctl that reads or clears a bitmap kicks the vCPUs, so that what their
 * CPUs have logged is not late for ever: kvm_arch_sync_dirty_log() in
 * arch/x86/kvm/x86.c.  A log in which nothing is dirty flushes no TLB, so nothing but
 * the kick makes a vCPU leave its guest.
 */
#include <signal.h>
#include <stdio.h>

#include "harvest.h"
#include "stress.h"
#include "vcpu.h"

/* Beside the one of the scenario neighbours, and behind it. */
#define SYNC_SLOT (LIVE_SLOT + 2)
#define SYNC_GFN (WINDOW_PAGES + 64)
#define TRIES 32
/* Without a kick a vCPU goes on until its CPU's timer ticks. */
#define MOST_OPS 1000
#define SPINS 100000

static struct backing quiet;
static u64 *quiet_log;

/* A memslot that no vCPU touches. */
void sync_begin(struct live *l)
{
	u64 gfn = testvm_window_gfn(&l->t) + SYNC_GFN;
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

/*
 * Where the counter of exits does not move and ops do, the vCPU is in its guest, and is
 * to be kicked.
 */
static bool is_in_guest(struct live_vcpu *v, u64 *exits)
{
	u64 i, n = READ_ONCE(v->stream->done);

	*exits = live_exits(v->l, v->id);
	for (i = 0; i < SPINS && READ_ONCE(v->stream->done) == n; i++)
		;
	return *exits != ACCOUNT_OUT && READ_ONCE(v->stream->done) > n &&
	       live_exits(v->l, v->id) == *exits;
}

/* How many ops it does before it leaves, or MOST_OPS. */
static u64 ops_until_exit(struct live_vcpu *v, u64 exits)
{
	u64 first = READ_ONCE(v->stream->done), nr = 0, i;

	for (i = 0; i < SPINS && nr < MOST_OPS && live_exits(v->l, v->id) == exits; i++)
		nr = READ_ONCE(v->stream->done) - first;
	return min_t(u64, nr, MOST_OPS);
}

/* A signal kicks as well, so it tells how soon a kick is felt on this machine. */
static void by_signal(struct live_vcpu *v)
{
	pthread_kill(v->thread, SIGUSR1);
}

static void by_ioctl(struct live_vcpu *v)
{
	int r = log_get(&v->l->t, SYNC_SLOT, quiet_log);

	if (r)
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d", -r);
}

static bool measure(struct live_vcpu *v, void (*kick)(struct live_vcpu *v), u64 *ops)
{
	u64 exits;

	live_grant(v->l, 4 * MOST_OPS);
	if (!is_in_guest(v, &exits))
		return false;
	kick(v);
	*ops = ops_until_exit(v, exits);
	return true;
}

static void sync_vcpu(struct live_vcpu *v)
{
	struct live_stats *stats = &v->l->stats;
	u64 signal, ioctl;

	stats->sync_tries++;
	if (!measure(v, by_signal, &signal) || !measure(v, by_ioctl, &ioctl))
		return;
	stats->syncs++;
	stats->signal_ops += signal;
	stats->sync_ops += ioctl;
}

void sync_act(struct live *l)
{
	const struct live_stats *s = &l->stats;
	u64 enough = s->syncs + TRIES, i;

	for (i = 0; i < 8 * TRIES && s->syncs < enough && !report_failures(); i++) {
		sync_vcpu(&l->vcpus[i % l->shape.vcpus]);
		if (i % 8 == 7)
			live_harvest(l);
	}
	if (s->syncs >= TRIES / 2 && s->sync_ops > 4 * s->signal_ops + 50 * s->syncs)
		report_fail("not kicked: ops=%lu after a signal ops=%lu tries=%lu seed=%#lx",
			    s->sync_ops, s->signal_ops, s->syncs, l->shape.seed);
}
