// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest that has guests of its own: what these write is in the log of the memslot, by
 * the guest's own addresses.  KVM maps it by page tables that it makes itself from
 * theirs (arch/x86/kvm/mmu/paging_tmpl.h), beside those for the guest.
 */
#ifdef __x86_64__

#include <processor.h>
#include <svm_util.h>
#include <vmx.h>

#include "basic.h"
#include "guest_nested.h"

#define NPAGES 70
/* Where L2 has the window, when it has addresses of its own. */
#define L2_WINDOW_GPA (8ull << 30)
/* All that libkvm places lies below. */
#define LOW_BYTES 0x40000000ull
#define STACK_PAGES 4

/*
 * The entries of nested page tables are those of ordinary ones (SVM), or of extended ones
 * (EPT): read, write, execute; memory type.  Accessed and dirty flags are set, so that the
 * CPU has none to set.
 */
struct nested_ptes {
	u64 table, leaf;
};

static const struct nested_ptes npt = { .table = 0x27, .leaf = 0x67 };
static const struct nested_ptes ept = { .table = 0x107, .leaf = 0x337 };

/* Of both: an entry that is a leaf although tables could follow. */
#define LARGE 0x80

static const struct nested_ptes *nested_ptes(void)
{
	if (kvm_cpu_has(X86_FEATURE_VMX))
		return &ept;
	return kvm_cpu_has(X86_FEATURE_SVM) ? &npt : NULL;
}

/* The entry at @level that translates L2's @l2_gpa; the tables above it are made. */
static u64 *l2_entry(struct kvm_vm *vm, u64 root, u64 l2_gpa, int level)
{
	const struct nested_ptes *ptes = nested_ptes();
	u64 *table = addr_gpa2hva(vm, root);
	int i, at;

	if (!ptes)
		report_fatal("no nested page tables on this CPU");
	for (i = 4; ; i--) {
		at = l2_gpa >> (12 + 9 * (i - 1)) & 511;
		if (i == level)
			return table + at;
		if (!table[at])
			table[at] = vm_alloc_page_table(vm) | ptes->table;
		table = addr_gpa2hva(vm, table[at] & ~0xfffull);
	}
}

/* An entry for the guest's @gpa as a leaf at @level, 1 for 4K and 2 for 2M. */
static u64 l2_leaf(u64 gpa, int level)
{
	return gpa | nested_ptes()->leaf | (level > 1 ? LARGE : 0);
}

static void map_l2(struct kvm_vm *vm, u64 root, u64 l2_gpa, u64 gpa, int level)
{
	*l2_entry(vm, root, l2_gpa, level) = l2_leaf(gpa, level);
}

/* Nested page tables by which L2 has the guest's memory, and the window elsewhere. */
static u64 make_tables(struct ctx *c)
{
	u64 i, first = testvm_window_gfn(&c->t) + 1;
	struct kvm_vm *vm = c->t.vm;
	u64 root = vm_alloc_page_table(vm);

	for (i = 0; i < LOW_BYTES; i += 2 << 20)
		map_l2(vm, root, i, i, 2);
	for (i = first; i < first + NPAGES; i++) {
		u64 gpa = i * c->t.page_size, l2_gpa = gpa - WINDOW_GPA + L2_WINDOW_GPA;

		virt_map(vm, l2_gpa, l2_gpa, 1);
		map_l2(vm, root, l2_gpa, gpa, 1);
	}
	return root;
}

/* Returns its guest virtual address, the value for l2_begin. */
static u64 make_l2(struct ctx *c, bool tables)
{
	struct kvm_vm *vm = c->t.vm;
	gva_t gva = vm_alloc_page(vm), area;
	struct nested *n = addr_gva2hva(vm, gva);

	*n = (struct nested) { .vmx = nested_ptes() == &ept };
	if (n->vmx)
		vcpu_alloc_vmx(vm, &area);
	else
		vcpu_alloc_svm(vm, &area);
	n->area = area;
	/* As at the entry of a function. */
	n->stack = vm_alloc(vm, STACK_PAGES * vm->page_size, KVM_UTIL_MIN_VADDR) +
		   STACK_PAGES * vm->page_size - 8;
	if (tables) {
		n->root = make_tables(c);
		n->shift = L2_WINDOW_GPA - WINDOW_GPA;
	}
	return gva;
}

static void switch_to(struct ctx *c, u64 l2)
{
	struct guest_op op = { .kind = l2 ? &l2_begin : &l2_end, .val = l2 };

	testvm_run(&c->t, 0, &op, 1);
}

/* Written by L1 for 0, or an L2. */
static void write_as(struct ctx *c, u64 l2, pick_fn pick)
{
	switch_to(c, l2);
	write_picked(c, pick);
	switch_to(c, 0);
}

/* A page is in a ring once for each mapping that was made writable: make_spte(). */
static void repeat_all(struct ctx *c)
{
	u64 page;

	for (page = 0; page < c->slot->npages; page++)
		testslot_repeats(c->slot, page);
}

static const char *const names[] = { "L1", "L2", "L2 with nested page tables" };

/*
 * Each after each, on pages that the others have mapped, and on others.  Another one is
 * the first in each round, for its harvest protects the pages from all.
 */
static void write_by_turns(struct ctx *c, const u64 *who, unsigned int nr)
{
	static const pick_fn picks[] = { pick_third, pick_every, pick_odd, pick_ends };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(picks); i++) {
		for (j = 0; j < nr; j++) {
			unsigned int k = (i + j + 1) % nr;

			testvm_step(&c->t, "written by %s, round %u", names[k], i);
			write_as(c, who[k], picks[i]);
			check_harvest(&c->t);
		}
		testvm_step(&c->t, "written by all, round %u", i);
		repeat_all(c);
		for (j = 0; j < nr; j++)
			write_as(c, who[j], picks[(i + j) % ARRAY_SIZE(picks)]);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
}

/* A hole is a hole for all, whoever has written there and could go on at once. */
static void take_away(struct ctx *c, const u64 *who, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		testvm_step(&c->t, "hole between writes by %s", names[i]);
		repeat_all(c);
		write_as(c, who[i], pick_odd);
		backing_punch(&c->b, c->slot->offset, c->slot->npages * c->t.page_size);
		write_as(c, who[i], pick_odd);
		check_harvest(&c->t);
		check_content(&c->t, true);
	}
}

/* What one has mapped before the log begins, and no other writes first. */
static void toggle_nested(struct ctx *c, const u64 *who, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		testvm_step(&c->t, "log off and on between writes by %s", names[i]);
		set_log(c, false);
		write_as(c, who[i], pick_every);
		set_log(c, true);
		if (c->t.mode->initially_set)
			check_harvest(&c->t);
		write_as(c, who[i], pick_third);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
}

BASIC_TEST(nested, small)
{
	u64 who[3] = { 0 };
	unsigned int nr;

	if (!nested_ptes())
		report_skip("no nested virtualization");
	attach(c, &(struct layout) { .npages = NPAGES, .gfn = 1 });
	who[1] = make_l2(c, false);
	if (kvm_cpu_has(X86_FEATURE_NPT) || kvm_cpu_has_ept())
		who[2] = make_l2(c, true);
	nr = who[2] ? 3 : 2;
	write_by_turns(c, who, nr);
	take_away(c, who, nr);
	toggle_nested(c, who, nr);
}

/* Apart from the pages that the rest of the window would show as well. */
#define VMCB_PAGE 5

/* The control block of an L2 lies in the memslot, from the host's side. */
static u64 make_l2_in_slot(struct ctx *c)
{
	u64 l2 = make_l2(c, false);
	struct nested *n = addr_gva2hva(c->t.vm, l2);
	struct svm_test_data *svm = addr_gva2hva(c->t.vm, n->area);

	svm->vmcb_gpa = page_gpa(c, VMCB_PAGE);
	svm->vmcb = (void *)svm->vmcb_gpa;
	svm->vmcb_hva = c->b.hva + c->slot->offset + VMCB_PAGE * c->t.page_size;
	return l2;
}

/* What is in the block no test knows. */
static void write_block(struct ctx *c, const struct guest_kind *kind, u64 l2)
{
	struct guest_op op = { .kind = kind, .val = l2 };

	testvm_step(&c->t, "%s", kind->name);
	testvm_run(&c->t, 0, &op, 1);
	oracle_written(&c->slot->oracle, VMCB_PAGE);
	testslot_repeats(c->slot, VMCB_PAGE);
	adopt_page(c, VMCB_PAGE);
	check_harvest(&c->t);
	testvm_step(&c->t, "nothing after %s", kind->name);
	check_harvest(&c->t);
}

/*
 * KVM writes the block when the nested guest leaves, which may be all that is written, and
 * for VMSAVE: kvm_vcpu_unmap() in virt/kvm/kvm_main.c marks its page.
 */
BASIC_TEST(nested_vmcb, reachable)
{
	u64 l2;
	int i;

	if (!kvm_cpu_has(X86_FEATURE_SVM))
		report_skip("no nested virtualization");
	attach(c, &(struct layout) { .npages = NPAGES, .gfn = 1 });
	l2 = make_l2_in_slot(c);
	write_block(c, &vmcb_begin, l2);
	for (i = 0; i < 2; i++) {
		write_block(c, &vmcb_run, l2);
		write_block(c, &vmcb_save, l2);
	}
	write_picked(c, pick_third);
	check_harvest(&c->t);
	check_content(&c->t, true);
}

/* --- L1's page tables for L2, in logged memory --------------------------------------- */

/* The table, and two pages that it maps. */
#define TABLE_PAGE 20
#define FIRST_PAGE 3
#define OTHER_PAGE 40

static u64 l2_page_gpa(struct ctx *c, u64 page)
{
	return page_gpa(c, page) - WINDOW_GPA + L2_WINDOW_GPA;
}

/* Move the last table of the window into the memslot, as the host, before L2 runs. */
static u64 make_l2_with_table(struct ctx *c)
{
	u64 l2 = make_l2(c, true);
	struct nested *n = addr_gva2hva(c->t.vm, l2);
	u64 *entry = l2_entry(c->t.vm, n->root, l2_page_gpa(c, 0), 2);

	host_puts(c, TABLE_PAGE, 0, addr_gpa2hva(c->t.vm, *entry & ~0xfffull), c->t.page_size);
	*entry = page_gpa(c, TABLE_PAGE) | nested_ptes()->table;
	return l2;
}

/* Have L1 write the entry for L2's @page so that it maps @to, and see to it that it does. */
static void map_to(struct ctx *c, u64 l2, u64 page, u64 to)
{
	u64 at = 8 * (l2_page_gpa(c, page) >> 12 & 511);
	struct guest_op ops[] = {
		testslot_op(c->slot, &store_u64, TABLE_PAGE, at, l2_leaf(page_gpa(c, to), 1)),
		{ .kind = &l2_flush, .val = l2 },
	};

	testvm_run(&c->t, 0, ops, ARRAY_SIZE(ops));
}

/* Have L2 write where it has @page, which is the guest's @to. */
static void write_by_l2(struct ctx *c, u64 l2, u64 page, u64 to)
{
	struct guest_op op = testslot_op(c->slot, &store_u64, to, 8 * page, rng_u64(&c->rng));

	switch_to(c, l2);
	c->t.second = (struct second_mapping) {
		.gva = page_gpa(c, page),
		.gpa = page_gpa(c, to),
		.size = c->t.page_size,
	};
	op.gva += c->t.second.gva - c->t.second.gpa;
	testvm_run(&c->t, 0, &op, 1);
	c->t.second = (struct second_mapping) { };
	switch_to(c, 0);
}

/*
 * A page that is a page table of L2's, and that the log has protected: L1's next write is
 * logged, and KVM must learn of it as well, for L2 goes by what it says once L1 has had
 * its CPU forget what it said before.
 */
BASIC_TEST(nested_tables, reachable)
{
	u64 l2;
	int i;

	if (!kvm_cpu_has(X86_FEATURE_NPT) && !kvm_cpu_has_ept())
		report_skip("no nested virtualization");
	attach(c, &(struct layout) { .npages = NPAGES, .gfn = 1 });
	l2 = make_l2_with_table(c);
	for (i = 0; i < 2; i++) {
		testvm_step(&c->t, "table written by L1, round %d", i);
		map_to(c, l2, FIRST_PAGE, FIRST_PAGE);
		check_harvest(&c->t);
		testvm_step(&c->t, "table changed between writes by L2, round %d", i);
		repeat_all(c);
		write_by_l2(c, l2, FIRST_PAGE, FIRST_PAGE);
		map_to(c, l2, FIRST_PAGE, OTHER_PAGE);
		write_by_l2(c, l2, FIRST_PAGE, OTHER_PAGE);
		check_harvest(&c->t);
		check_content(&c->t, true);
	}
}

#endif
