// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memslots that the guest may only read, logged all the same: a write goes to userspace
 * as MMIO (kvm_handle_error_pfn() in arch/x86/kvm/mmu/mmu.c, kvm_handle_guest_abort() in
 * arch/arm64/kvm/mmu.c), the memory stays as it is, and there is nothing to report.
 */
#include "basic.h"

static u64 nr_exits;

static bool answer_write(struct testvm *t, struct kvm_run *run, const struct guest_op *op)
{
	if (run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write)
		return false;
	nr_exits++;
	check_mmio(t, run, op);
	return true;
}

static void attach_readonly(struct ctx *c)
{
	const u32 flags = KVM_MEM_READONLY | KVM_MEM_LOG_DIRTY_PAGES;
	struct testvm *t = &c->t;
	u64 npages = 70, page;

	backing_create(&c->b, t->subject, t->vm, npages * t->page_size);
	for (page = 0; page < npages; page++)
		memset(c->b.hva + page * t->page_size, page, 8);
	memcpy(c->b.expected, c->b.hva, c->b.size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT, flags, testvm_window_gfn(t) + 1, 0,
				  npages);
	if (t->mode->initially_set)
		check_harvest(t);
}

/* Every page that @pick names leaves once. */
static void try_writes(struct ctx *c, pick_fn pick)
{
	u64 page, wanted = 0;

	for (page = 0; page < c->slot->npages; page++)
		wanted += pick(page, c->slot->npages);
	nr_exits = 0;
	do_picked(c, &store_to_readonly, pick);
	if (nr_exits != wanted)
		report_fail("MMIO writes=%lu expected=%lu step=\"%s\"", nr_exits, wanted,
			    c->t.step);
	check_harvest(&c->t);
	check_content(&c->t, true);
}

BASIC_TEST(readonly, ordinary)
{
	if (!kvm_has_cap(KVM_CAP_READONLY_MEM))
		report_skip("no read-only memslots");
	attach_readonly(c);
	c->t.on_exit = answer_write;
	testvm_step(&c->t, "writes to pages that nobody has read");
	try_writes(c, pick_third);
	testvm_step(&c->t, "reads");
	do_picked(c, &load_u64, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "writes to pages that were read");
	try_writes(c, pick_odd);
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}
