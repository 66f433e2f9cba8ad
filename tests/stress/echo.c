// SPDX-License-Identifier: GPL-2.0-only
/* Pages written the moment after they were protected, by vCPUs that have not left. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"
#include "vcpu.h"

static u64 read_stat(struct kvm_binary_stats *stats, const char *name)
{
	u64 value;

	kvm_get_stat(stats, name, &value, 1);
	return value;
}

/* How often a vCPU has left its guest, and, where KVM tells, for a page fault. */
static struct vcpu_exits read_exit_stats(struct live_vcpu *v)
{
	struct kvm_binary_stats *stats = &v->l->t.vcpus[v->id]->stats;
	struct vcpu_exits e = { .all = read_stat(stats, "exits") };

#ifdef __x86_64__
	e.faults = read_stat(stats, "pf_taken");
#endif
	return e;
}

static u64 flush_requests(struct live *l)
{
	return read_stat(&l->t.vm->stats, "remote_tlb_flush_requests");
}

/* The CPU that the vCPU's thread is on, or was when it was preempted; -1: unknown. */
static int last_cpu(struct live_vcpu *v)
{
	char path[64], line[1024], *at = NULL;
	int i;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", READ_ONCE(v->tid));
	/* The name may have blanks; it is field 2, and the CPU is field 39. */
	if (procfs_line(path, line, sizeof(line)))
		at = strrchr(line, ')');
	for (i = 2; at && i < 39; i++)
		at = strchr(at + 1, ' ');
	return at ? atoi(at) : -1;
}

#define for_each_vcpu(v, l)						\
	for ((v) = (l)->vcpus; (v) < (l)->vcpus + (l)->shape.vcpus; (v)++)

void echo_begins(struct live *l)
{
	int cpu = sched_getcpu();
	struct live_vcpu *v;

	for_each_vcpu(v, l)
		v->echo.displaced = last_cpu(v) == cpu;
	l->echo_flushes = flush_requests(l);
	for_each_vcpu(v, l) {
		v->echo.from = READ_ONCE(v->stream->done);
		v->echo.was = read_exit_stats(v);
	}
}

/* Did it write, after the protection and before @end, what was to be an echo? */
static bool has_written(struct live_vcpu *v, u64 end, bool (*echoes)(struct live *l, u64 page))
{
	u64 n = max_t(u64, v->echo.from, v->l->account.vcpus[v->id].after);

	for (; n < end; n++) {
		struct stream_op op = stream_op(v->stream, n);

		if (v->l->kinds[op.kind]->model && (!echoes || echoes(v->l, op.page)))
			return true;
	}
	return false;
}

#ifndef __x86_64__
/* No more than the hot pages. */
static u64 distinct_pages(struct live_vcpu *v, u64 end)
{
	u64 n, seen[STREAM_HOT], nr = 0, i;

	for (n = v->echo.from; n < end && nr < STREAM_HOT; n++) {
		u64 page = stream_op(v->stream, n).page;

		for (i = 0; i < nr && seen[i] != page; i++)
			;
		if (i == nr)
			seen[nr++] = page;
	}
	return nr;
}
#endif

#ifdef __x86_64__
/* Of the ioctls of one harvest: it reads the log, and clears a word at a time at most. */
static u64 most_kicks(const struct live *l)
{
	return 1 + (l->slot->npages + 63) / 64;
}
#endif

/*
 * Did the vCPU stay in its guest, but for the faults of what it wrote and, on x86, for
 * the flush itself?  kvm_make_all_cpus_request() in virt/kvm/kvm_main.c sends an
 * interrupt to vCPUs that are in their guests, and one that was not has no exit for it.
 * With PML each ioctl that reads or clears a bitmap interrupts them as well, before it
 * protects anything (kvm_arch_sync_dirty_log() in arch/x86/kvm/x86.c).
 * On arm64, where flushes are broadcast and faults are not counted, each page is one
 * fault at most.
 */
static bool stayed(struct live_vcpu *v, u64 end, u64 flushes)
{
	struct vcpu_exits now = read_exit_stats(v), *was = &v->echo.was;
	u64 others = now.all - was->all - (now.faults - was->faults);

	if (v->echo.displaced)
		return false;
#ifdef __x86_64__
	if (v->l->account.exits)
		return others <= flushes + most_kicks(v->l);
	return flushes ? others && others <= flushes : !others;
#else
	return others <= distinct_pages(v, end);
#endif
}

void echo_ends(struct live *l, bool (*echoes)(struct live *l, u64 page))
{
	u64 flushes = flush_requests(l) - l->echo_flushes, end;
	struct live_vcpu *v;

	for_each_vcpu(v, l) {
		bool good;

		end = READ_ONCE(v->stream->done);
		good = stayed(v, end, flushes);
		if (!has_written(v, end, echoes))
			continue;
		l->stats.echo_tries++;
		l->stats.echoes += good;
	}
}
