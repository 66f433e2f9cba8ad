// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest page tables in logged memory: the CPU, or KVM in its place, updates
 * accessed and dirty flags in them.  Such an update is a write like any other:
 * the page that holds the entry is dirty, and no other.
 *
 * The tables of one path lie on pages of the memslot, hung into a root entry
 * that libkvm does not use, and map the window a second time.
 */
#include <guest_modes.h>

#include "basic.h"
#include "guest_pt.h"
#include "options.h"

#define MAX_LEVEL 4

/*
 * A path through the tables.
 *
 * @gva:	where it leads, through the second mapping
 * @page:	what it maps, as a page of the memslot
 * @leaf:	the level of its last entry
 * @flags:	what its entries say, by level
 */
struct walk {
	struct ctx *c;
	u64 gva;
	u64 page;
	int leaf;
	unsigned int flags[MAX_LEVEL + 1];
};

/* Host pages of a guest page, or 1: what tables have to be aligned to. */
static u64 unit(const struct ctx *c)
{
	return max_t(u64, 1, c->t.vm->page_size / c->t.page_size);
}

/* Apart, so that a neighbour reported in a table's place is seen. */
static u64 table_page(const struct ctx *c, int level)
{
	return 2 * level * unit(c);
}

static u64 data_page(const struct ctx *c)
{
	return 17 * unit(c);
}

static u64 second_gva(const struct ctx *c, u64 page)
{
	return page_gpa(c, page) - c->t.second.gpa + c->t.second.gva;
}

/* The highest table that is in the memslot. */
static int top(const struct walk *w)
{
	return w->c->t.vm->mmu.pgtable_levels - 1;
}

static u64 entry_value(const struct walk *w, int level)
{
	struct kvm_vm *vm = w->c->t.vm;
	u64 gpa = page_gpa(w->c, w->page);

	if (level > w->leaf)
		gpa = page_gpa(w->c, table_page(w->c, level - 1));
	else
		gpa &= ~((1ull << guest_pt_shift(vm, level)) - 1);
	return guest_pt_entry(vm, gpa, level, w->flags[level]);
}

/* Where the path's entry at @level is, in bytes from the memslot's start. */
static u64 entry_at(const struct walk *w, int level)
{
	return table_page(w->c, level) * w->c->t.page_size +
	       8 * guest_pt_index(w->c->t.vm, w->gva, level);
}

static u64 entry_page(const struct walk *w, int level)
{
	return entry_at(w, level) / w->c->t.page_size;
}

/* Into memory that must then contain @entry: the test's copy of it, or both. */
static void put_entry(const struct walk *w, int level, u8 *mem)
{
	u64 entry = entry_value(w, level);

	memcpy(mem + w->c->slot->offset + entry_at(w, level), &entry,
	       sizeof(entry));
}

/* Every flag set that entries at their level have, but @clear at @level. */
static void init_walk(struct walk *w, struct ctx *c, int leaf, int level,
		      unsigned int clear)
{
	int i;

	w->c = c;
	w->page = data_page(c);
	w->gva = second_gva(c, w->page);
	w->leaf = leaf;
	for (i = leaf; i <= top(w); i++)
		w->flags[i] = PT_ACCESSED | (i == leaf ? PT_LEAF | PT_DIRTY : 0);
	w->flags[level] &= ~clear;
}

/* Write the path as the host, which KVM does not log, before any guest walk. */
static void plant(const struct walk *w)
{
	struct kvm_vm *vm = w->c->t.vm;
	int level = top(w) + 1;
	u64 *root = addr_gpa2hva(vm, vm->mmu.pgd);

	root[guest_pt_index(vm, w->gva, level)] =
		guest_pt_entry(vm, page_gpa(w->c, table_page(w->c, top(w))),
			       level, PT_ACCESSED);
	while (--level >= w->leaf) {
		put_entry(w, level, w->c->b.hva);
		put_entry(w, level, w->c->b.expected);
	}
}

static struct guest_op entry_op(const struct walk *w, int level)
{
	u64 at = entry_at(w, level), page = at / w->c->t.page_size;

	return testslot_op(w->c->slot, &store_u64, page,
			   at - page * w->c->t.page_size, entry_value(w, level));
}

/* Have the guest write the path: under shadow paging KVM looks at nothing else. */
static void guest_writes(const struct walk *w)
{
	struct guest_op ops[MAX_LEVEL + 1];
	int level, nr = 0;

	for (level = top(w); level >= w->leaf; level--)
		ops[nr++] = entry_op(w, level);
	ops[nr++] = (struct guest_op) { .gva = w->gva, .kind = &flush_gva };
	testvm_run(&w->c->t, 0, ops, nr);
}

static bool writable(const struct walk *w)
{
	return w->flags[w->leaf] & PT_DIRTY;
}

static void allow_data(const struct walk *w, enum event event)
{
	if (contract_allows(event))
		oracle_allowed(&w->c->slot->oracle, w->page);
}

/* What the CPU does to the entry at @level: change it, or walk by. */
static void walk_entry(struct walk *w, int level, bool write, enum event event)
{
	unsigned int sets = PT_ACCESSED | (write ? PT_DIRTY : 0);
	struct oracle *o = &w->c->slot->oracle;

	testslot_read(w->c->slot, entry_page(w, level));
	sets &= guest_pt_tracked(w->c->t.vcpus[0], w->flags[level]);
	if (sets & ~w->flags[level]) {
		w->flags[level] |= sets;
		put_entry(w, level, w->c->b.expected);
		oracle_written(o, entry_page(w, level));
	} else if (contract_allows(event)) {
		oracle_allowed(o, entry_page(w, level));
	}
}

/* Have the guest do @kind through the second mapping. */
static void walk_access(struct walk *w, const struct guest_kind *kind,
			enum event event)
{
	struct guest_op op = {
		.gva = w->gva + 8 * rng_below(&w->c->rng, 512),
		.val = rng_u64(&w->c->rng),
		.kind = kind,
	};
	int level;

	testvm_run(&w->c->t, 0, &op, 1);
	for (level = top(w); level >= w->leaf; level--)
		walk_entry(w, level, kind->model, event);
}

static const struct walk_case {
	const char *name;
	unsigned int clear;
	const struct guest_kind *kind;
} walk_cases[] = {
	{ "read, all set", 0, &load_u64 },
	{ "write, all set", 0, &store_u64 },
	{ "read, A clear", PT_ACCESSED, &load_u64 },
	{ "write, A clear", PT_ACCESSED, &store_u64 },
	{ "read, D clear", PT_DIRTY, &load_u64 },
	{ "write, D clear", PT_DIRTY, &store_u64 },
	{ "read, A D clear", PT_ACCESSED | PT_DIRTY, &load_u64 },
	{ "write, A D clear", PT_ACCESSED | PT_DIRTY, &store_u64 },
};

/* The guest writes the path, walks it, and walks it again for nothing. */
static void run_case(struct ctx *c, const struct walk_case *k, int leaf,
		     int level)
{
	struct walk w = {};

	init_walk(&w, c, leaf, level, k->clear);
	testvm_step(&c->t, "leaf %d, level %d, %s", leaf, level, k->name);
	testvm_steps_in(&c->t);
	testvm_step(&c->t, "tables written");
	guest_writes(&w);
	check_harvest(&c->t);
	testvm_step(&c->t, "access");
	if (writable(&w))
		allow_data(&w, EVENT_PT_CHANGE);
	walk_access(&w, k->kind, EVENT_PT_WALK);
	check_harvest(&c->t);
	testvm_step(&c->t, "access again");
	walk_access(&w, k->kind, EVENT_PT_WALK);
	check_harvest(&c->t);
	check_content(&c->t, true);
	testvm_steps_out(&c->t);
}

static void run_cases(struct ctx *c, int leaf, int level)
{
	unsigned int i, tracked;
	struct walk w = {};

	init_walk(&w, c, leaf, level, 0);
	tracked = guest_pt_tracked(c->t.vcpus[0], w.flags[level]);
	for (i = 0; i < ARRAY_SIZE(walk_cases); i++)
		if (!(walk_cases[i].clear & ~tracked))
			run_case(c, &walk_cases[i], leaf, level);
}

/*
 * With guest pages of 64K still less than 2M, which KVM could map at once.
 * KVM walks through userspace_addr where the CPU does not walk by itself.
 */
static void attach_tables(struct ctx *c)
{
	struct layout l = { .npages = 23 * unit(c), .gfn = unit(c) };

	if (mmu_mode() == MMU_SHADOW && !c->t.subject->userspace)
		report_skip("shadow paging needs a userspace mapping");
	guest_pt_enable(c->t.vcpus[0]);
	attach(c, &l);
	c->t.second = (struct second_mapping) {
		.gva = guest_pt_base(c->t.vm),
		.gpa = WINDOW_GPA,
		.size = WINDOW_PAGES * c->t.page_size,
	};
}

/* The same with every page known to KVM, so that no first read interferes. */
static void attach_walk(struct ctx *c, struct walk *w)
{
	attach_tables(c);
	write_picked(c, pick_every);
	check_harvest(&c->t);
	init_walk(w, c, 1, 1, 0);
	plant(w);
}

/* Every flag that the CPU maintains, at every level, clear and set. */
BASIC_TEST(pt_accessed_dirty, logged)
{
	struct walk w = {};
	int leaf, level;

	/* Without asking EPT for permission, where it keeps no flags itself. */
	if (options.bochs && mmu_mode() == MMU_TDP_NOAD)
		report_skip("Bochs writes accessed and dirty flags around EPT");
	attach_walk(c, &w);
	for (leaf = 1; leaf <= guest_pt_max_tracked(c->t.vcpus[0]); leaf++)
		for (level = leaf; level <= top(&w); level++)
			run_cases(c, leaf, level);
}

static bool first_walk(struct ctx *c, const struct walk_case *k)
{
	struct walk w = {};
	bool good;

	attach_tables(c);
	init_walk(&w, c, 1, 1, k->clear);
	plant(&w);
	testvm_step(&c->t, "first walk: %s", k->name);
	/* Shadow paging does not let a read map writable what is not dirty. */
	if (writable(&w) || mmu_mode() != MMU_SHADOW)
		allow_data(&w, EVENT_FIRST_READ);
	walk_access(&w, k->kind, EVENT_PT_FIRST_WALK);
	good = check_harvest(&c->t);
	detach(c);
	return good;
}

/* Tables that KVM has not mapped before the CPU walks them. */
BASIC_TEST(pt_first_walk, logged)
{
	unsigned int i, tracked = guest_pt_tracked(c->t.vcpus[0], PT_LEAF);

	for (i = 0; i < ARRAY_SIZE(walk_cases); i++)
		if (!(walk_cases[i].clear & ~tracked) &&
		    !first_walk(c, &walk_cases[i]))
			break;
}

/* Is @page past the tables, and mapped by the same leaf as w->page? */
static bool same_block(const struct walk *w, u64 page)
{
	unsigned int shift = guest_pt_shift(w->c->t.vm, w->leaf);

	return page > table_page(w->c, MAX_LEVEL) &&
	       page_gpa(w->c, page) >> shift ==
	       page_gpa(w->c, w->page) >> shift;
}

static void store_in_block(struct walk *w, pick_fn pick)
{
	struct ctx *c = w->c;
	u64 page;

	testvm_step(&c->t, "stores through a block");
	for (page = 0; page < c->slot->npages; page++) {
		if (!pick(page, c->slot->npages) || !same_block(w, page))
			continue;
		w->gva = second_gva(c, page);
		walk_access(w, &store_u64, EVENT_PT_WALK);
	}
	check_harvest(&c->t);
}

/* The guest maps 2M or 1G at once; what KVM logs is pages. */
BASIC_TEST(pt_blocks, logged)
{
	struct walk w = {};
	int leaf;

	attach_walk(c, &w);
	for (leaf = 2; leaf <= guest_pt_max_leaf(c->t.vm); leaf++) {
		init_walk(&w, c, leaf, leaf, 0);
		testvm_step(&c->t, "leaf %d", leaf);
		testvm_steps_in(&c->t);
		testvm_step(&c->t, "tables written");
		guest_writes(&w);
		check_harvest(&c->t);
		store_in_block(&w, pick_third);
		store_in_block(&w, pick_odd);
		store_in_block(&w, pick_last);
		testvm_steps_out(&c->t);
	}
}

static void touch_picked_again(struct ctx *c, pick_fn pick)
{
	u64 page;

	for (page = 0; page < c->slot->npages; page++)
		if (pick(page, c->slot->npages))
			touch_again(c, &store_u64, page);
}

/*
 * The guest maps each page at two addresses and has written through both: KVM
 * is to protect both, whichever it finds first.
 */
BASIC_TEST(pt_mapped_twice, logged)
{
	attach(c, &large);
	map_again(c, 1);
	testvm_step(&c->t, "every page, through both mappings");
	write_picked(c, pick_every);
	touch_picked_again(c, pick_every);
	check_harvest(&c->t);
	testvm_step(&c->t, "odd pages, through the second mapping");
	touch_picked_again(c, pick_odd);
	check_harvest(&c->t);
	testvm_step(&c->t, "every third page, through the first mapping");
	write_picked(c, pick_third);
	check_harvest(&c->t);
}

#ifdef __aarch64__
/*
 * The guest's pages are larger than the host's, and so are its tables: stores
 * and walks dirty the host page they touch.
 */
static void in_granule(struct ctx *c, enum vm_guest_mode mode)
{
	const struct subject *subject = c->t.subject;
	const struct log_mode *log = c->t.mode;

	if (!guest_modes[mode].supported)
		report_skip("no guest pages of this size");
	testvm_destroy(&c->t);
	testvm_create_shape(&c->t, subject, log, 1, VM_SHAPE(mode));
	test_pt_accessed_dirty(c);
	write_picked(c, pick_third);
	check_harvest(&c->t);
	write_picked(c, pick_last);
	check_harvest(&c->t);
	detach(c);
	test_pt_blocks(c);
}

BASIC_TEST(granule_16k, bitmap)
{
	in_granule(c, VM_MODE_P40V48_16K);
}

BASIC_TEST(granule_64k, bitmap)
{
	in_granule(c, VM_MODE_P40V48_64K);
}
#endif
