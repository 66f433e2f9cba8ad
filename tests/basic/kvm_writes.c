// SPDX-License-Identifier: GPL-2.0-only
/*
 * Structures that KVM itself writes for the guest, each alone on its page: that
 * page is dirty when KVM has written, and no other.
 *
 * KVM writes through userspace_addr.  A guest_memfd memslot that has none there
 * is not written, nor marked, and the guest goes without.
 */
#include "basic.h"
#include "guest_msr.h"
#include "kvm_writes.h"

static bool is_mapped(const struct ctx *c)
{
	return c->t.subject->userspace;
}

/* The page of structure @i: between them others, that must stay clean. */
static u64 structure_page(unsigned int i)
{
	return 3 + 6 * i;
}

static void page_written(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testslot_repeats(c->slot, page);
	if (is_mapped(c)) {
		oracle_written(&c->slot->oracle, page);
		adopt_page(c, page);
	} else if (k->unmapped_marks && contract_allows(EVENT_KVM_WRITE_FAILED)) {
		oracle_allowed(&c->slot->oracle, page);
	}
}

/* KVM has written the structure from @page on, or would have. */
static void structure_written(struct ctx *c, const struct kvm_write *k, u64 page)
{
	u64 i;

	for (i = 0; i <= k->more_pages; i++)
		page_written(c, k, page + i);
}

/* What a mere run of the vCPU makes KVM do with the structure on @page. */
static void entered(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testslot_repeats(c->slot, page);
	if (k->again == WRITES_ENTRY) {
		structure_written(c, k, page);
	} else if (k->again == WRITES_AGAIN && is_mapped(c) &&
		   contract_allows(EVENT_KVM_UPDATE)) {
		oracle_allowed(&c->slot->oracle, page);
		adopt_page(c, page);
	}
}

/* @op, or where there is none a run of the vCPU for nothing. */
static void run_op(struct ctx *c, struct guest_op op, u64 page)
{
	if (!op.kind)
		op.kind = &no_op;
	if (op.vcpu == KVM_WRITE_GPA)
		op.val += page_gpa(c, page);
	op.vcpu = 0;
	testvm_run(&c->t, 0, &op, 1);
}

/* Where there is no mapping at userspace_addr KVM cannot be told. */
static void tell(struct ctx *c, const struct kvm_write *k, u64 page)
{
	int r = k->tell(c->t.vcpus[0], page_gpa(c, page));

	if (!r != is_mapped(c))
		report_fail("KVM was told of %s on page=%lu: %d errno=%d", k->name, page, r,
			    errno);
	run_op(c, (struct guest_op) { }, page);
}

static void run_enable(struct ctx *c, const struct kvm_write *k, u64 page)
{
	struct guest_op op;
	int i;

	if (k->tell)
		tell(c, k, page);
	for (i = 0; i < KVM_WRITE_OPS && k->enable[i].kind; i++) {
		op = k->enable[i];
		if (k->unmapped && !is_mapped(c) && op.vcpu == KVM_WRITE_GPA)
			op.kind = k->unmapped;
		run_op(c, op, page);
	}
}

/*
 * The structure's first words, as the guest leaves them.  Where KVM has been told of it
 * already, it writes as well when the vCPU is entered: kvm_update_stolen_time() in
 * arch/arm64/kvm/pvtime.c.
 */
static void prefill(struct ctx *c, const struct kvm_write *k, u64 page)
{
	struct guest_op op = testslot_op(c->slot, &store_u64, page, 0,
					 k->prefill);

	if (k->locate)
		testslot_repeats(c->slot, page);
	testvm_run(&c->t, 0, &op, 1);
	check_harvest(&c->t);
}

static void check_valid(struct ctx *c, const struct kvm_write *k, u64 page)
{
	const u8 *mem = c->b.hva + c->slot->offset + page * c->t.page_size;

	if (is_mapped(c) && !k->valid(mem))
		report_fail("content page=%lu is not what KVM writes step=\"%s\"",
			    page, c->t.step);
}

static void enable(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testvm_step(&c->t, "enabled");
	run_enable(c, k, page);
	structure_written(c, k, page);
	check_harvest(&c->t);
	check_valid(c, k, page);
}

/* The vCPU runs for something else, and then nobody does anything. */
static void idle(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testvm_step(&c->t, "vCPU entered");
	run_op(c, (struct guest_op) { }, page);
	entered(c, k, page);
	check_harvest(&c->t);
	testvm_step(&c->t, "nothing");
	check_harvest(&c->t);
}

/* KVM writes the structure again, in whatever way it can be made to. */
static void write_again(struct ctx *c, const struct kvm_write *k, u64 page)
{
	if (k->update)
		k->update(c->t.vcpus[0]);
	run_op(c, k->trigger, page);
	structure_written(c, k, page);
	check_harvest(&c->t);
	check_valid(c, k, page);
	check_content(&c->t, true);
}

static void trigger(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testvm_step(&c->t, "triggered");
	prefill(c, k, page);
	write_again(c, k, page);
}

static bool is_disabled(const struct kvm_write *k)
{
	return k->tell || k->disable.kind;
}

/* KVM has forgotten it when the vCPU is entered next. */
static void disable(struct ctx *c, const struct kvm_write *k, u64 page)
{
	testvm_step(&c->t, "disabled");
	run_op(c, k->disable, page);
	if (k->tell && k->tell(c->t.vcpus[0], KVM_WRITE_NOWHERE))
		report_fail("KVM was told to forget %s errno=%d", k->name, errno);
	entered(c, k, page);
	check_harvest(&c->t);
	testvm_step(&c->t, "vCPU entered after it was disabled");
	run_op(c, (struct guest_op) { }, page);
	check_harvest(&c->t);
}

static void check_structure(struct ctx *c, const struct kvm_write *k, u64 page)
{
	if (k->locate)
		k->locate(c->t.vcpus[0], page_gpa(c, page));
	testvm_step(&c->t, "%s", k->name);
	testvm_steps_in(&c->t);
	testvm_step(&c->t, "prefilled");
	prefill(c, k, page);
	enable(c, k, page);
	idle(c, k, page);
	if (k->trigger.kind)
		trigger(c, k, page);
	if (is_disabled(k))
		disable(c, k, page);
	check_content(&c->t, true);
	testvm_steps_out(&c->t);
}

/*
 * The memslot goes with what KVM cannot be told to forget: the checks of
 * detach() would run the vCPU once more.
 */
static void detach_at_once(struct ctx *c)
{
	testvm_delete_slot(c->slot);
	backing_destroy(&c->b);
	c->slot = NULL;
}

static bool available(unsigned int i)
{
	return !kvm_writes[i].unsupported || !kvm_writes[i].unsupported();
}

static void prepare_all(struct ctx *c)
{
	unsigned int i;

	for (i = 0; i < nr_kvm_writes; i++)
		if (available(i) && kvm_writes[i].prepare)
			kvm_writes[i].prepare(c->t.vcpus[0]);
}

BASIC_TEST(kvm_writes, logged)
{
	const struct layout l = { .npages = 70, .gfn = 1 };
	unsigned int i;

	prepare_all(c);
	attach(c, &l);
	for (i = 0; i < nr_kvm_writes; i++)
		if (available(i))
			check_structure(c, &kvm_writes[i], structure_page(i));
	detach_at_once(c);
}

/* --- what KVM remembers of a structure's memslot ---------------------------------- */

/* Two halves of the memory, of which the memslot has one. */
static const struct layout upper = { .npages = 70, .gfn = 1, .offset = 70 };
static const struct layout lower = { .npages = 70, .gfn = 1 };

/*
 * A memslot that is made right after another one has gone may lie where that was in the
 * kernel's memory, and whoever still has its address finds the new one.  So others are
 * made between the two, to take the place.
 */
#define NR_BETWEEN 4

static void take_place(struct ctx *c, struct testslot **s)
{
	u64 gfn = testvm_window_gfn(&c->t) + 100, first = upper.offset + upper.npages, i;

	for (i = 0; i < NR_BETWEEN; i++)
		s[i] = testvm_add_slot(&c->t, &c->b, TEST_SLOT + 1 + i, 0, gfn + i,
				       (first + i) * c->t.page_size, 1);
}

static void leave_place(struct testslot **s)
{
	int i;

	for (i = 0; i < NR_BETWEEN; i++)
		testvm_delete_slot(s[i]);
}

static void make_anew(struct ctx *c, const struct layout *l)
{
	struct testslot *between[NR_BETWEEN];

	testvm_delete_slot(c->slot);
	take_place(c, between);
	c->slot = add_slot(c, TEST_SLOT, l);
	leave_place(between);
}

static void same_memory(struct ctx *c, u64 page)
{
	make_anew(c, &upper);
}

static void other_memory(struct ctx *c, u64 page)
{
	make_anew(c, &lower);
}

static void punch_structure(struct ctx *c, u64 page)
{
	backing_punch(&c->b, c->slot->offset + page * c->t.page_size, c->t.page_size);
}

static void log_off_and_on(struct ctx *c, u64 page)
{
	struct testslot *between[NR_BETWEEN];

	set_log(c, false);
	take_place(c, between);
	set_log(c, true);
	leave_place(between);
}

/*
 * What happens to the memslot between two writes of KVM's.  KVM finds it once for many
 * writes, in struct gfn_to_hva_cache and struct gfn_to_pfn_cache, and by their generation
 * knows that it is to look again (virt/kvm/kvm_main.c and pfncache.c).  The last one is
 * refused by some kernels, which ends the test.
 */
static const struct slot_change {
	const char *what;
	void (*make)(struct ctx *c, u64 page);
} slot_changes[] = {
	{ "memslot anew", same_memory },
	{ "memslot anew, of other memory", other_memory },
	{ "memslot anew, of its first memory", same_memory },
	{ "a hole", punch_structure },
	{ "log off and on", log_off_and_on },
};

static bool is_written_again(const struct kvm_write *k)
{
	return k->trigger.kind || k->update || k->again == WRITES_ENTRY;
}

static void change_memslot(struct ctx *c, const struct kvm_write *k, u64 page)
{
	unsigned int i;

	if (k->locate)
		k->locate(c->t.vcpus[0], page_gpa(c, page));
	testvm_step(&c->t, "%s", k->name);
	testvm_steps_in(&c->t);
	enable(c, k, page);
	for (i = 0; i < ARRAY_SIZE(slot_changes); i++) {
		testvm_step(&c->t, "%s", slot_changes[i].what);
		slot_changes[i].make(c, page);
		check_content(&c->t, true);
		check_harvest(&c->t);
		write_again(c, k, page);
	}
	if (is_disabled(k))
		disable(c, k, page);
	testvm_steps_out(&c->t);
}

BASIC_TEST(kvm_writes_moved, logged)
{
	unsigned int i;

	prepare_all(c);
	backing_create(&c->b, c->t.subject, c->t.vm,
		       (upper.offset + upper.npages + NR_BETWEEN) * c->t.page_size);
	c->slot = add_slot(c, TEST_SLOT, &upper);
	for (i = 0; i < nr_kvm_writes; i++)
		if (available(i) && is_written_again(&kvm_writes[i]))
			change_memslot(c, &kvm_writes[i], structure_page(i));
	detach_at_once(c);
}
