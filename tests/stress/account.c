// SPDX-License-Identifier: GPL-2.0-only
/* Which ops lie before, around and after a harvest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "alloc.h"

#define for_each_vcpu(v, a)						\
	for ((v) = (a)->vcpus; (v) < (a)->vcpus + (a)->nr_vcpus; (v)++)

static u64 load_acquire(const u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

void account_init(struct account *a, u32 nr_vcpus, u64 npages, u32 nr_kinds)
{
	struct account_vcpu *v;

	memset(a, 0, sizeof(*a));
	a->nr_vcpus = nr_vcpus;
	a->load = load_acquire;
	a->effects = alloc_zeroed(nr_kinds, sizeof(*a->effects));
	pthread_mutex_init(&a->lock, NULL);
	pageset_init(&a->warm, npages);
	pageset_init(&a->touched, npages);
	for_each_vcpu(v, a) {
		pageset_init(&v->may, npages);
		pageset_init(&v->read, npages);
	}
}

void account_free(struct account *a)
{
	struct account_vcpu *v;

	for_each_vcpu(v, a) {
		pageset_free(&v->may);
		pageset_free(&v->read);
		free(v->diverted);
	}
	free(a->effects);
	pageset_free(&a->warm);
	pageset_free(&a->touched);
}

static void restart(struct account_vcpu *v, u64 n)
{
	v->before = n;
	v->after = n;
	v->from = n;
	v->prev = n;
}

void account_resume(struct account *a, u32 vcpu, u64 n)
{
	restart(&a->vcpus[vcpu], n);
	a->vcpus[vcpu].flushed = n;
}

/* --- ops that found no memslot ------------------------------------------------ */

void account_divert(struct account *a, u32 vcpu, u64 n)
{
	struct account_vcpu *v = &a->vcpus[vcpu];

	pthread_mutex_lock(&a->lock);
	if (v->nr_diverted == v->max_diverted) {
		v->max_diverted = 2 * v->max_diverted + 64;
		v->diverted = alloc_grown(v->diverted, v->max_diverted, sizeof(*v->diverted));
	}
	v->diverted[v->nr_diverted++] = n;
	pthread_mutex_unlock(&a->lock);
}

/* They are few: most streams have none. */
bool account_is_diverted(struct account *a, u32 vcpu, u64 n)
{
	struct account_vcpu *v = &a->vcpus[vcpu];
	bool found = false;
	u64 i;

	if (a->stays)
		return false;
	pthread_mutex_lock(&a->lock);
	for (i = v->nr_diverted; i && v->diverted[i - 1] >= n && !found; i--)
		found = v->diverted[i - 1] == n;
	pthread_mutex_unlock(&a->lock);
	return found;
}

/* --- what is in a CPU's buffer ----------------------------------------------------- */

/* The first op that may have left something there. */
static u64 first_buffered(const struct account *a, const struct account_vcpu *v)
{
	return a->exits ? v->flushed : ~0ull;
}

/* The first of these and of the ops from @n on. */
static u64 first_of(const struct account *a, const struct account_vcpu *v, u64 n)
{
	u64 buffered = first_buffered(a, v);

	return n < buffered ? n : buffered;
}

/*
 * KVM counts an exit first and empties the buffer then, before the vCPU enters its
 * guest again: vcpu_enter_guest() in arch/x86/kvm/x86.c, vmx_handle_exit() in
 * arch/x86/kvm/vmx/vmx.c.  So one exit after ops have finished, their buffer may be
 * full of them; two exits after, it is not.
 */
static void read_exits(const struct account *a, struct account_vcpu *v)
{
	u64 exits = a->exits(a, v - a->vcpus);

	/* An op that is under way may write when the vCPU is back in its guest. */
	if (exits == ACCOUNT_OUT) {
		v->flushed = v->before;
		v->nr_marks = 0;
		return;
	}
	while (v->nr_marks && exits - v->marks[0].exits >= 2) {
		v->flushed = v->marks[0].done;
		memmove(v->marks, v->marks + 1, --v->nr_marks * sizeof(v->marks[0]));
	}
	if (v->nr_marks < ACCOUNT_MARKS)
		v->marks[v->nr_marks++] = (struct account_mark) { v->before, exits };
}

/* A CPU logs what sets a page's dirty flag; what KVM itself writes it marks at once. */
static bool is_logged_by_cpu(struct account *a, const struct account_vcpu *v, u64 n,
			     const struct stream_op *op)
{
	return op->kind < a->first_emulated && a->effects[op->kind] != OP_READS &&
	       !account_is_diverted(a, v - a->vcpus, n);
}

/* --- the readings --------------------------------------------------------------- */

/*
 * Ops below @before have finished.  Whoever made a mapping that one of them wrote
 * through had begun by then, so it is below @begun, which is read once all @before
 * are; and if it has not marked the page when the harvest begins it has not
 * finished, so it is not below @ended, which is read after @begun.  That leaves one
 * op of each vCPU at most (docs/oracle.md).
 */
void account_read_before(struct account *a)
{
	struct account_vcpu *v;

	for_each_vcpu(v, a)
		v->before = a->load(&v->stream->done);
	for_each_vcpu(v, a)
		v->begun = a->load(&v->stream->started);
	for_each_vcpu(v, a)
		v->ended = a->load(&v->stream->done);
	for_each_vcpu(v, a)
		if (a->exits)
			read_exits(a, v);
}

/* Not before the ioctl has returned: hence the barrier. */
void account_read_after(struct account *a)
{
	struct account_vcpu *v;

	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for_each_vcpu(v, a)
		v->after = a->load(&v->stream->started);
}

/* --- what the oracle is told ------------------------------------------------------ */

/* May KVM report @page for an op that writes nothing? */
static bool allowed(const struct account *a, enum op_effect effect, u64 page)
{
	if (effect == OP_TRIES)
		return a->failed_write;
	return a->first_read && !(a->keeps && pageset_test(&a->warm, page));
}

/* KVM may have to map @page for what writes nothing. */
static void note_read(const struct account *a, struct account_vcpu *v,
		      enum op_effect effect, u64 page)
{
	if (effect != OP_WRITES && !(a->settled && pageset_test(&a->warm, page)))
		pageset_set(&v->read, page);
}

/* The effect of a finished op on one page: may its ring report it? */
static bool tell_finished(const struct account *a, struct oracle *o,
			  enum op_effect effect, u64 page)
{
	if (effect == OP_WRITES)
		oracle_written(o, page);
	else if (allowed(a, effect, page))
		oracle_allowed(o, page);
	else
		return false;
	return true;
}

/*
 * Of one that straddles the harvest.  Whether it finds a memslot is not known
 * yet where memslots come and go: account_settle() sees to it then.
 */
static bool tell_straddling(const struct account *a, struct oracle *o,
			    enum op_effect effect, u64 page, bool under_way)
{
	if (effect == OP_WRITES && a->stays)
		oracle_straddled(o, page);
	else if (effect == OP_WRITES || allowed(a, effect, page))
		oracle_around(o, page);
	else
		return false;
	if (under_way)
		oracle_busy(o, page);
	return true;
}

/* KVM has mapped the pages of @op: an op that begins later finds them so. */
static void touch(struct account *a, const struct account_vcpu *v,
		  const struct stream_op *op)
{
	u32 i;

	if (op->kind >= a->first_emulated)
		return;
	if (!a->reads_warm && a->effects[op->kind] != OP_WRITES)
		return;
	for (i = 0; i < stream_pages(v->stream, op); i++)
		pageset_set(&a->touched, op->page + i);
}

static void account_finished(struct account *a, struct oracle *o, struct account_vcpu *v,
			     u64 n)
{
	struct stream_op op = stream_op(v->stream, n);
	enum op_effect effect = a->effects[op.kind];
	u32 i;

	a->ops++;
	if (account_is_diverted(a, v - a->vcpus, n)) {
		/* KVM may have marked the page before it went. */
		oracle_allowed(o, op.page);
		pageset_set(&v->may, op.page);
		return;
	}
	a->writes += effect == OP_WRITES;
	for (i = 0; i < stream_pages(v->stream, &op); i++) {
		note_read(a, v, effect, op.page + i);
		if (tell_finished(a, o, effect, op.page + i))
			pageset_set(&v->may, op.page + i);
	}
	touch(a, v, &op);
}

static void account_straddler(struct account *a, struct oracle *o, struct account_vcpu *v,
			      u64 n)
{
	struct stream_op op = stream_op(v->stream, n);
	bool under_way = n >= v->ended && n < v->begun;
	u32 i;

	a->straddlers++;
	a->busy += under_way;
	for (i = 0; i < stream_pages(v->stream, &op); i++) {
		note_read(a, v, a->effects[op.kind], op.page + i);
		if (tell_straddling(a, o, a->effects[op.kind], op.page + i, under_way))
			pageset_set(&v->may, op.page + i);
	}
}

/* Of one that had begun before the harvest: the page of another's write is due then. */
static void account_buffered(struct account *a, struct oracle *o, struct account_vcpu *v,
			     u64 n)
{
	struct stream_op op = stream_op(v->stream, n);
	u32 i;

	if (!is_logged_by_cpu(a, v, n, &op))
		return;
	a->buffered++;
	for (i = 0; i < stream_pages(v->stream, &op); i++)
		oracle_buffered(o, op.page + i);
}

void account_harvest(struct account *a, struct oracle *o)
{
	struct account_vcpu *v;
	u64 n;

	for_each_vcpu(v, a) {
		for (n = v->from; n < v->before; n++)
			account_finished(a, o, v, n);
		for (n = v->before; n < v->after; n++)
			account_straddler(a, o, v, n);
		for (n = first_buffered(a, v); n < v->begun; n++)
			account_buffered(a, o, v, n);
	}
}

/*
 * It is known now whether the straddlers have written: if so, their pages were due
 * in that harvest or are due in the next.
 */
void account_settle(struct account *a, struct oracle *o, const struct pageset *reported)
{
	struct account_vcpu *v;
	struct stream_op op;
	u64 n;

	if (a->stays)
		return;
	for_each_vcpu(v, a) {
		for (n = v->before; n < v->after && n < a->load(&v->stream->done); n++) {
			op = stream_op(v->stream, n);
			if (a->effects[op.kind] == OP_WRITES &&
			    !account_is_diverted(a, v - a->vcpus, n) &&
			    !pageset_test(reported, op.page))
				oracle_written(o, op.page);
		}
	}
}

/* What is in a buffer now is in the ring later. */
static void carry_buffered(struct account *a, struct account_vcpu *v)
{
	struct stream_op op;
	u64 n;
	u32 i;

	for (n = first_buffered(a, v); n < v->before; n++) {
		op = stream_op(v->stream, n);
		if (!is_logged_by_cpu(a, v, n, &op))
			continue;
		for (i = 0; i < stream_pages(v->stream, &op); i++)
			pageset_set(&v->may, op.page + i);
	}
}

/*
 * What straddles this harvest may be in the ring after it as well; its pages are
 * mapped when the next one begins, and not known to be before.
 */
static void carry_over(struct account *a, struct account_vcpu *v)
{
	struct stream_op op;
	u64 n;
	u32 i;

	v->prev = first_of(a, v, v->from);
	v->from = v->after;
	pageset_zero(&v->may);
	pageset_zero(&v->read);
	carry_buffered(a, v);
	for (n = v->before; n < v->after; n++) {
		op = stream_op(v->stream, n);
		for (i = 0; i < stream_pages(v->stream, &op); i++) {
			pageset_set(&v->may, op.page + i);
			note_read(a, v, a->effects[op.kind], op.page + i);
		}
		touch(a, v, &op);
	}
}

void account_next(struct account *a)
{
	struct account_vcpu *v;

	pageset_or(&a->warm, &a->touched);
	pageset_zero(&a->touched);
	for_each_vcpu(v, a)
		carry_over(a, v);
}

void account_left(struct oracle *o, struct pageset *left)
{
	u64 page;

	pageset_for_each(page, left)
		oracle_written(o, page);
	pageset_zero(left);
}

void account_log_begun(struct account *a, struct oracle *o)
{
	struct account_vcpu *v;
	struct stream_op op;
	u64 n;
	u32 i;

	for_each_vcpu(v, a) {
		for (n = first_of(a, v, v->before); n < v->after; n++) {
			op = stream_op(v->stream, n);
			for (i = 0; i < stream_pages(v->stream, &op); i++) {
				oracle_allowed(o, op.page + i);
				pageset_set(&v->may, op.page + i);
			}
		}
		/* Nothing is due for them: account_settle() must not ask. */
		restart(v, v->after);
	}
}

/* --- what came of it --------------------------------------------------------------- */

void account_ring(const struct account *a, u32 vcpu, struct pageset *pages)
{
	u64 page;

	pageset_for_each(page, pages)
		if (pageset_test(&a->vcpus[vcpu].may, page))
			pageset_clear(pages, page);
}

bool account_find(struct account *a, u32 vcpu, u64 page, bool writes, u64 *n)
{
	struct account_vcpu *v = &a->vcpus[vcpu];
	struct stream_op op;

	for (*n = v->after; *n > v->prev;) {
		op = stream_op(v->stream, --*n);
		if (page - op.page < stream_pages(v->stream, &op) &&
		    (!writes || (a->effects[op.kind] == OP_WRITES &&
				 !account_is_diverted(a, vcpu, *n))))
			return true;
	}
	return false;
}
