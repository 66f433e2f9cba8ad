// SPDX-License-Identifier: GPL-2.0-only
/* vCPUs that do what they are told, and stop. */
#include "alloc.h"
#include "check.h"
#include "guest_loop.h"
#include "options.h"
#include "report.h"
#include "run.h"
#include "slot_account.h"
#include "testvm.h"

struct guest_op testslot_op(const struct testslot *s,
			    const struct guest_kind *kind, u64 page, u32 offset,
			    u64 val)
{
	return (struct guest_op) {
		.gva = (s->gfn + page) * s->t->page_size + offset,
		.val = val,
		.kind = kind,
	};
}

/* Keep the op until the next harvest is judged. */
static void remember(struct testvm *t, const struct guest_op *op)
{
	if (t->nr_ops == t->max_ops) {
		t->max_ops = 2 * t->max_ops + MAILBOX_OPS;
		t->ops = alloc_grown(t->ops, t->max_ops, sizeof(*op));
	}
	t->ops[t->nr_ops++] = *op;
}

/* Account for what the guest has done since the last call. */
static void account_done(struct testvm *t, int i, u64 *accounted)
{
	struct mailbox *box = t->boxes[i];

	while (*accounted < box->done) {
		struct guest_op op = box->ops[(*accounted)++];

		op.vcpu = i;
		slot_account_done(t, &op);
		remember(t, &op);
	}
}

__noreturn
static void run_failed(struct testvm *t, int i, u64 at, const char *what)
{
	const struct guest_op *op = &t->boxes[i]->ops[at];

	report_fatal("%s vcpu=%d op=%lu:%s gpa=%#lx step=\"%s\"", what, i,
		     t->nr_ops, op->kind ? op->kind->name : "none", op->gva,
		     t->step);
}

/* A ring stays full until it is harvested, however often its vCPU is entered. */
static void check_still_full(struct testvm *t, int i)
{
	struct kvm_run *run = t->vcpus[i]->run;
	u64 done = t->boxes[i]->done;

	if (_vcpu_run(t->vcpus[i]) ||
	    run->exit_reason != KVM_EXIT_DIRTY_RING_FULL ||
	    t->boxes[i]->done != done)
		run_failed(t, i, done, "vCPU runs on with a full ring");
}

/*
 * What is run: one mailbox full of ops.
 *
 * @accounted:	so many of them
 */
struct batch {
	struct testvm *t;
	int vcpu;
	u64 accounted;
};

/*
 * KVM marks a page before the guest's write to it retires, and a full ring
 * stops the guest in between: the op under way straddles this harvest.
 */
static void ring_full(void *data)
{
	struct batch *b = data;
	struct testvm *t = b->t;
	u64 entries = t->vcpus[b->vcpu]->fetch_index;
	struct mailbox *box = t->boxes[b->vcpu];

	check_still_full(t, b->vcpu);
	account_done(t, b->vcpu, &b->accounted);
	if (box->done < box->nr)
		slot_account_straddler(t, box->ops[box->done],
				       t->unfinished == &box->ops[box->done] &&
				       t->unfinished_harvest == t->nr_harvests);
	check_harvest(t);
	t->unfinished = &box->ops[box->done];
	t->unfinished_harvest = t->nr_harvests;
	if (t->vcpus[b->vcpu]->fetch_index == entries)
		run_failed(t, b->vcpu, box->done, "ring full and nothing in it");
}

/* The test itself may deal with an exit in the middle of the ops. */
static bool answer(void *data)
{
	struct batch *b = data;
	struct testvm *t = b->t;
	struct mailbox *box = t->boxes[b->vcpu];

	return box->done < box->nr && t->on_exit &&
	       t->on_exit(t, t->vcpus[b->vcpu]->run, &box->ops[box->done]);
}

static void fill_mailbox(struct testvm *t, struct mailbox *box,
			 const struct guest_op *ops, u64 nr)
{
	memcpy(box->ops, ops, nr * sizeof(*ops));
	box->nr = nr;
	box->done = 0;
	t->unfinished = NULL;
	errno = 0;
}

int testvm_try_op(struct testvm *t, int vcpu, const struct guest_op *op)
{
	fill_mailbox(t, t->boxes[vcpu], op, 1);
	return __vcpu_run(t->vcpus[vcpu]) ? -errno : 0;
}

static void run_batch(struct testvm *t, int i, const struct guest_op *ops, u64 nr)
{
	struct batch b = { .t = t, .vcpu = i };
	const struct guest_loop loop = {
		.vcpu = t->vcpus[i],
		.ring_full = ring_full,
		.answer = answer,
		.data = &b,
	};
	char why[256];

	fill_mailbox(t, t->boxes[i], ops, nr);
	if (options.crash_guest)
		testvm_arch_crash(t->vcpus[i]);
	if (!guest_loop(&loop, why, sizeof(why)))
		run_failed(t, i, t->boxes[i]->done, why);
	account_done(t, i, &b.accounted);
}

void testvm_run(struct testvm *t, int vcpu, const struct guest_op *ops, u64 nr)
{
	u64 n;

	for (; nr; ops += n, nr -= n) {
		n = min_t(u64, nr, MAILBOX_OPS);
		run_batch(t, vcpu, ops, n);
	}
}

void testslot_map_huge(struct testslot *s, u64 val)
{
	u64 page, step = HUGE_BYTES / s->t->page_size;
	struct guest_op op;
	int r;

	for (page = 0; page < s->npages; page += step) {
		op = testslot_op(s, &store_u64, page, 0, val);
		testvm_run(s->t, 0, &op, 1);
	}
	r = testslot_set_log(s, true);
	if (r)
		report_fatal("logging cannot be enabled errno=%d slot=%u", -r,
			     s->id);
	s->t->nr_ops = 0;
}
