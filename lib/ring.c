// SPDX-License-Identifier: GPL-2.0-only
/* The vCPUs' dirty rings. */
#include <signal.h>

#include "report.h"
#include "ring.h"

/*
 * The kernel publishes an entry with a release and frees it on our release:
 * virt/kvm/dirty_ring.c, kvm_dirty_gfn_set_dirtied() and _harvested().
 */
struct kvm_dirty_gfn *ring_entry(struct kvm_vcpu *vcpu, u32 n)
{
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(vcpu), *e;

	e = &ring[(vcpu->fetch_index + n) % vcpu->dirty_gfns_count];
	return __atomic_load_n(&e->flags, __ATOMIC_ACQUIRE) ==
	       KVM_DIRTY_GFN_F_DIRTY ? e : NULL;
}

/* Entries that name no page of a logged memslot are KVM's mistake. */
static void take_entry(struct testvm *t, struct kvm_vcpu *vcpu,
		       const struct kvm_dirty_gfn *e)
{
	struct testslot *s = testvm_find_slot(t, e->slot);

	ringlog_add(&t->taken, vcpu->id, e->slot, e->offset);
	if (!s || !s->logged || e->offset >= s->npages) {
		report_fail("stray ring entry slot=%#x offset=%llu vcpu=%u harvest=%lu",
			    e->slot, e->offset, vcpu->id, t->nr_harvests);
		return;
	}
	pageset_set(&s->reported, e->offset);
	pageset_clear(&s->unreset, e->offset);
	if (s->by_vcpu)
		pageset_set(&s->by_vcpu[vcpu->id], e->offset);
}

void ring_consume(struct kvm_vcpu *vcpu, struct kvm_dirty_gfn *e)
{
	__atomic_store_n(&e->flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	vcpu->fetch_index++;
}

static u32 ring_collect_vcpu(struct testvm *t, struct kvm_vcpu *vcpu, u32 max)
{
	struct kvm_dirty_gfn *e;
	u32 n = 0;

	for (; n < max && (e = ring_entry(vcpu, 0)); n++) {
		take_entry(t, vcpu, e);
		ring_consume(vcpu, e);
	}
	return n;
}

u32 ring_pending(struct testvm *t)
{
	u32 n, sum = 0;
	int i;

	for (i = 0; t->vm->dirty_ring_size && i < t->nr_vcpus; i++) {
		for (n = 0; ring_entry(t->vcpus[i], n); n++)
			if (n >= t->vcpus[i]->dirty_gfns_count)
				break;
		sum += n;
	}
	return sum;
}

bool harvest_signals;

static __thread sig_atomic_t signals_seen;

void harvest_signalled(int signal)
{
	WRITE_ONCE(signals_seen, signals_seen + 1);
}

u64 harvest_signals_seen(void)
{
	return READ_ONCE(signals_seen);
}

/* KVM has taken entries [@first, @end) back and forgotten about the last of them. */
static void forget_batch(struct testvm *t, u64 first, u64 end)
{
	const struct ring_taken *e = t->taken.taken;
	u64 i = ringlog_last_batch(&t->taken, first, end);

	for (; i < end; i++) {
		struct testslot *s = testvm_find_slot(t, e[i].slot);

		if (s && e[i].page < s->npages)
			pageset_set(&s->unreset, e[i].page);
	}
}

/*
 * One KVM_RESET_DIRTY_RINGS, which finds the entries from @at on.  A signal that came
 * after the last of them does not show in its count, only in that it was handled.
 */
static u64 ring_reset_once(struct testvm *t, u64 at)
{
	sig_atomic_t seen = READ_ONCE(signals_seen);
	u64 end = at + kvm_vm_reset_dirty_ring(t->vm);
	bool ended = end < t->taken.nr;

	if (harvest_signals && ended)
		t->nr_interrupted++;
	if (harvest_signals && end <= t->taken.nr && (ended || READ_ONCE(signals_seen) != seen))
		forget_batch(t, at, end);
	return end;
}

/*
 * A signal ends KVM_RESET_DIRTY_RINGS early, see kvm_dirty_ring_reset() in
 * virt/kvm/dirty_ring.c.  What is left of the entries taken, from @first on, waits for
 * the next call.  Without signals one call is enough, for the rings of all vCPUs.
 * Returns how many KVM says there were.
 */
static u32 ring_reset(struct testvm *t, u64 first)
{
	u64 at = ring_reset_once(t, first);
	u32 tries;

	for (tries = 0; harvest_signals && at < t->taken.nr && tries < 1000; tries++)
		at = ring_reset_once(t, at);
	return at - first;
}

bool ring_unreset_page(const struct testslot *s, u64 page)
{
	return pageset_test(&s->unreset, page);
}

/* Pages around those that were reset are protected, and may be entered once more. */
static void protected_in_between(struct testvm *t)
{
	struct testslot *s;
	u64 i;

	for (i = 0; i < t->taken.nr; i++) {
		s = testvm_find_slot(t, t->taken.taken[i].slot);
		if (s)
			pageset_fill(&s->repeats);
	}
}

u32 ring_discard(struct testvm *t, u32 max)
{
	u32 reset, n = 0;
	int i;

	if (!t->vm->dirty_ring_size)
		return 0;
	ringlog_empty(&t->taken);
	for (i = 0; i < t->nr_vcpus; i++) {
		struct kvm_dirty_gfn *e;

		while (n < max && (e = ring_entry(t->vcpus[i], 0))) {
			ringlog_add(&t->taken, i, e->slot, e->offset);
			ring_consume(t->vcpus[i], e);
			n++;
		}
	}
	reset = ring_reset(t, 0);
	if (reset != n)
		report_fail("ring reset=%u entries, discarded=%u", reset, n);
	protected_in_between(t);
	return n;
}

u32 ring_collect_some(struct testvm *t, u32 max)
{
	u64 first = t->taken.nr;
	u32 collected = 0, reset;
	int i;

	for (i = 0; i < t->nr_vcpus; i++)
		collected += ring_collect_vcpu(t, t->vcpus[i], max);
	reset = ring_reset(t, first);
	if (reset != collected)
		report_fail("ring reset=%u entries, collected=%u harvest=%lu",
			    reset, collected, t->nr_harvests);
	return collected;
}

/*
 * The host unmaps ordinary memory by itself, with no count of it in every kernel: it
 * compacts, collapses, merges and reclaims.  Then a write enters its page once more.
 * Memory of guest_memfd stays where it is (mapping_set_inaccessible() and
 * kvm_gmem_migrate_folio() in virt/kvm/guest_memfd.c).
 */
static bool may_be_unmapped(const struct testvm *t)
{
	return !subject_is_gmem(t->subject);
}

static void check_repeat(struct testvm *t, const struct ring_taken *e, u64 n)
{
	struct testslot *s = testvm_find_slot(t, e->slot);
	char when[sizeof(t->step) + 40];

	snprintf(when, sizeof(when), "harvest=%lu step=\"%s\"", t->nr_harvests, t->step);
	if (s && !pageset_test(&s->repeats, e->page) && !may_be_unmapped(t))
		report_fail("duplicate ring entry page=%lu entries=%lu slot=%#x vcpu=%u %s",
			    e->page, n, e->slot, e->vcpu, when);
}

/*
 * A page is entered when it becomes writable, and stays so until its entry is reset:
 * once for each vCPU that has been stopped since.
 */
void ring_check_repeats(struct testvm *t)
{
	struct testslot *s;
	u64 i, n;

	ringlog_sort(&t->taken);
	for (i = 0; i < t->taken.nr; i += n) {
		n = ringlog_run(&t->taken, i);
		if (n > 1 && !t->live)
			check_repeat(t, &t->taken.taken[i], n);
	}
	testvm_for_each_slot(s, t)
		pageset_zero(&s->repeats);
}
