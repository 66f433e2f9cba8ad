// SPDX-License-Identifier: GPL-2.0-only
/* What an op of the guest does to memslots: to their contents and their logs. */
#include "contract.h"
#include "kinds.h"
#include "slot_account.h"

/* Guest virtual and physical addresses are the same, but for the second mapping. */
static u64 op_gpa(const struct testvm *t, const struct guest_op *op)
{
	const struct second_mapping *m = &t->second;

	return op->gva - m->gva < m->size ? op->gva - m->gva + m->gpa : op->gva;
}

/*
 * True, with the byte of @s that @op starts at, when it touches the memslot.
 * No op is done in SMM, so only address space 0 is theirs.
 */
static bool op_in_slot(const struct testslot *s, const struct guest_op *op,
		       u64 *at)
{
	u64 start = s->gfn * s->t->page_size;

	*at = op->gva - start;
	return !memslot_in_smm(s->id) && op->kind->bytes && op->gva >= start &&
	       *at < s->npages * s->t->page_size;
}

static bool op_writes(const struct guest_op *op)
{
	return op->kind->model || op->kind->opaque;
}

/* May a page be reported for @op though it writes nothing? */
static bool op_allowed(const struct testvm *t, const struct guest_op *op)
{
	if (op->kind->failed_write)
		return contract_allows(EVENT_FAILED_WRITE);
	return t->allow_reads;
}

/* Call @visit for every page of @s that @op touches. */
static void visit_pages(struct testslot *s, const struct guest_op *op,
			void (*visit)(struct oracle *o, u64 page))
{
	u64 size = s->t->page_size, at, page;

	if (!op_in_slot(s, op, &at))
		return;
	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++)
		visit(&s->oracle, page);
}

/* What was written before may well have to be mapped for the first fetch from it. */
static void account_read(struct testslot *s, const struct guest_op *op, u64 at)
{
	u64 size = s->t->page_size, page;

	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++) {
		if (op->kind == &execute)
			pageset_set(&s->read, page);
		else
			testslot_read(s, page);
	}
}

/* What @op left at @expected belongs at @mem. */
static void note_content(struct testvm *t, const struct guest_op *op, const u8 *mem,
			 const u8 *expected)
{
	struct history_entry e = {
		.mem = mem,
		.harvest = t->nr_harvests,
		.op = t->nr_ops,
		.vcpu = op->vcpu,
		.kind = op->kind,
	};

	memcpy(e.after, expected, min_t(u64, op->kind->bytes, HISTORY_BYTES));
	history_add(&t->history, &e);
}

/* Do to the expected contents what @op did to the memory, @at bytes into the slot. */
static void account_content(struct testslot *s, const struct guest_op *op, u64 at)
{
	u64 size = s->t->page_size, page;
	u8 *expected;

	at += s->offset;
	expected = s->backing->expected + at;
	if (op->kind->model)
		op->kind->model(expected, op->val);
	else
		memcpy(expected, s->backing->hva + at, op->kind->bytes);
	note_content(s->t, op, s->backing->hva + at, expected);
	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++) {
		pageset_set(&s->backing->written, page);
		testslot_settle(s, page - s->offset / size);
	}
}

/* Is it KVM's emulator that does it? */
static bool is_emulated(const struct guest_op *op)
{
#ifdef __x86_64__
	const struct kind_table *e = &arch_emulated;

	return op->kind >= e->kinds && op->kind < e->kinds + e->nr;
#else
	return false;
#endif
}

/*
 * The emulator's writes are entered one by one (kvm_vcpu_write_guest_page() and
 * emulator_cmpxchg_emulated() in arch/x86/kvm/x86.c).  Under shadow paging each mapping
 * the guest has of a page is an SPTE, entered when it becomes writable (make_spte() in
 * arch/x86/kvm/mmu/spte.c).
 */
static void account_repeats(struct testvm *t, const struct guest_op *op, bool twice)
{
	struct testslot *s;
	u64 at, page;

	if (!is_emulated(op) && !(twice && mmu_mode() == MMU_SHADOW))
		return;
	testvm_for_each_slot(s, t) {
		if (!op_in_slot(s, op, &at))
			continue;
		for (page = at / t->page_size;
		     page <= (at + op->kind->bytes - 1) / t->page_size; page++)
			testslot_repeats(s, page);
	}
}

/* Tell the oracles and the expected contents what @op has done. */
static void account(struct testvm *t, const struct guest_op *op)
{
	struct testslot *s;
	u64 at;

	testvm_for_each_slot(s, t) {
		if (!op_in_slot(s, op, &at))
			continue;
		if (op_writes(op)) {
			account_content(s, op, at);
			visit_pages(s, op, oracle_written);
			continue;
		}
		account_read(s, op, at);
		if (op_allowed(t, op))
			visit_pages(s, op, oracle_allowed);
	}
}

/* Makes the address the memslot's; was it that of the second mapping? */
static bool go_to_slot(const struct testvm *t, struct guest_op *op)
{
	u64 gpa = op_gpa(t, op);
	bool twice = gpa != op->gva;

	op->gva = gpa;
	return twice;
}

void slot_account_done(struct testvm *t, struct guest_op *op)
{
	bool twice = go_to_slot(t, op);

	account(t, op);
	account_repeats(t, op, twice);
}

/* Nobody is busy: the vCPU is out of KVM_RUN, so KVM has marked what it mapped. */
static void straddle_slot(struct testslot *s, const struct guest_op *op, bool again)
{
	u64 at;

	if (again)
		visit_pages(s, op, oracle_unfinished);
	if (op_writes(op)) {
		visit_pages(s, op, oracle_straddled);
		return;
	}
	if (op_in_slot(s, op, &at))
		account_read(s, op, at);
	if (op_allowed(s->t, op))
		visit_pages(s, op, oracle_around);
}

void slot_account_straddler(struct testvm *t, struct guest_op op, bool again)
{
	bool twice = go_to_slot(t, &op);
	struct testslot *s;

	account_repeats(t, &op, twice);
	testvm_for_each_logged_slot(s, t)
		straddle_slot(s, &op, again);
}
