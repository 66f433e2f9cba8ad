// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of gmem_dirty_basic share. */
/* What is found here is found where a test called it. */
#define WHERE_IS_CALLER
#include "alloc.h"
#include "basic.h"

const struct layout large = { .npages = 259, .gfn = 1 };

struct testslot *add_slot(struct ctx *c, u32 id, const struct layout *l)
{
	struct testvm *t = &c->t;

	return testvm_add_slot(t, &c->b, id, KVM_MEM_LOG_DIRTY_PAGES,
			       testvm_window_gfn(t) + l->gfn,
			       l->offset * t->page_size, l->npages);
}

void attach(struct ctx *c, const struct layout *l)
{
	struct testvm *t = &c->t;

	u32 flags = t->subject->huge_pages ? 0 : KVM_MEM_LOG_DIRTY_PAGES;
	u64 gfn = testvm_window_gfn(t) + l->gfn;

	backing_create_at(&c->b, t->subject, t->vm,
			  (l->offset + l->npages) * t->page_size,
			  (gfn - l->offset) * t->page_size);
	c->slot = testvm_add_slot(t, &c->b, TEST_SLOT, flags, gfn,
				  l->offset * t->page_size, l->npages);
	if (t->subject->huge_pages)
		testslot_map_huge(c->slot, rng_u64(&c->rng));
	testvm_steps_anew(t);
	testvm_step(t, "npages %lu gfn +%lu offset %lu", l->npages, l->gfn,
		    l->offset);
	testvm_steps_in(t);
	if (t->mode->initially_set)
		check_harvest(t);
}

/* What a memslot that is gone had of a guest_memfd can be had again, to its end. */
static void check_unbound(struct ctx *c, u64 offset, u64 npages)
{
	u64 size = c->t.page_size;
	int r;

	if (!subject_is_gmem(c->t.subject))
		return;
	r = backing_attach(&c->b, c->t.vm, TEST_SLOT, 0, WINDOW_GPA,
			   offset + (npages - 1) * size, size);
	if (!r)
		r = memslot_delete(c->t.vm, TEST_SLOT);
	if (r)
		report_fail("bound to a deleted memslot errno=%d offset=%#lx step=\"%s\"",
			    -r, offset / size + npages - 1, c->t.step);
}

static bool prove_page(struct testslot *s, u64 page)
{
	u64 at = s->offset + page * s->t->page_size;
	u64 *host = (u64 *)(s->backing->hva + at);
	u64 sentinel = 0x5e7e1a11c0ffee00ull + page;
	struct guest_op op = testslot_op(s, &increment_u64, page, 0, 1);

	*host = sentinel;
	memcpy(s->backing->expected + at, host, sizeof(*host));
	pageset_set(&s->backing->written, at / s->t->page_size);
	testvm_run(s->t, 0, &op, 1);
	if (*host == sentinel + 1)
		return true;
	report_fail("guest runs on other memory page=%lu slot=%u found=%#lx expected=%#lx",
		    page, s->id, *host, sentinel + 1);
	return false;
}

bool check_backing(struct testslot *s)
{
	testvm_step(s->t, "sentinel through the host's mapping");
	return prove_page(s, 0) & prove_page(s, s->npages - 1);
}

/*
 * Rings keep entries of a memslot that is gone, and the next one may get its
 * number: leave none behind.
 */
void detach(struct ctx *c)
{
	u64 offset = c->slot->offset, npages = c->slot->npages;

	check_content(&c->t, false);
	check_backing(c->slot);
	check_harvest(&c->t);
	testvm_delete_slot(c->slot);
	check_unbound(c, offset, npages);
	backing_destroy(&c->b);
	c->slot = NULL;
}

/*
 * Kernels refuse this for guest_memfd (kvm_set_memory_region() in
 * virt/kvm/kvm_main.c), and then nothing may have changed.
 */
void set_log(struct ctx *c, bool on)
{
	bool was = c->slot->logged;
	int r = testslot_set_log(c->slot, on);

	if (r == -EINVAL && subject_is_gmem(c->t.subject)) {
		if (was)
			check_harvest(&c->t);
		check_content(&c->t, false);
		if (!report_failures())
			report_skip("kernel refuses toggling guest_memfd logging");
	}
	if (r)
		report_fatal("log cannot be switched %s errno=%d step=\"%s\"",
			     on ? "on" : "off", -r, c->t.step);
	/* What rings hold is not harvested while the log is off. */
	ring_discard(&c->t, -1);
	c->t.nr_ops = 0;
}

void do_pages(struct ctx *c, const struct guest_kind *kind,
	      const struct pageset *set)
{
	struct guest_op *ops = alloc_zeroed(pageset_count(set), sizeof(*ops));
	u64 page, n = 0;

	pageset_for_each(page, set) {
		u32 at = 8 * rng_below(&c->rng, c->t.page_size / 8);

		ops[n++] = testslot_op(c->slot, kind, page, at,
				       rng_u64(&c->rng));
	}
	testvm_run(&c->t, 0, ops, n);
	free(ops);
}

void allow_picked(struct ctx *c, pick_fn pick)
{
	u64 page;

	for (page = 0; page < c->slot->npages; page++)
		if (pick(page, c->slot->npages))
			oracle_allowed(&c->slot->oracle, page);
}

bool pick_every(u64 page, u64 npages)
{
	return true;
}

bool pick_third(u64 page, u64 npages)
{
	return page % 3 == 0;
}

bool pick_odd(u64 page, u64 npages)
{
	return page % 2;
}

bool pick_ends(u64 page, u64 npages)
{
	return page == 0 || page == npages - 1;
}

bool pick_last(u64 page, u64 npages)
{
	return page == npages - 1;
}

void do_picked(struct ctx *c, const struct guest_kind *kind, pick_fn pick)
{
	u64 page, npages = c->slot->npages;
	struct pageset set;

	pageset_init(&set, npages);
	for (page = 0; page < npages; page++)
		if (pick(page, npages))
			pageset_set(&set, page);
	do_pages(c, kind, &set);
	pageset_free(&set);
}

void write_picked(struct ctx *c, pick_fn pick)
{
	do_picked(c, &store_u64, pick);
}

void write_in(struct ctx *c, struct testslot *s, pick_fn pick)
{
	struct testslot *was = c->slot;

	c->slot = s;
	write_picked(c, pick);
	c->slot = was;
}

u64 page_gpa(const struct ctx *c, u64 page)
{
	return (c->slot->gfn + page) * c->t.page_size;
}

void adopt_page(struct ctx *c, u64 page)
{
	u64 at = c->slot->offset + page * c->t.page_size;

	memcpy(c->b.expected + at, c->b.hva + at, c->t.page_size);
}

void host_puts(struct ctx *c, u64 page, u64 at, const void *data, u64 bytes)
{
	at += c->slot->offset + page * c->t.page_size;
	memcpy(c->b.hva + at, data, bytes);
	memcpy(c->b.expected + at, data, bytes);
	pageset_set(&c->b.written, at / c->t.page_size);
}

void map_again(struct ctx *c, int leaf)
{
	struct kvm_vm *vm = c->t.vm;
	int root = guest_pt_shift(vm, vm->mmu.pgtable_levels);
	u64 gva = guest_pt_base(vm) + ((leaf - 1ull) << root);

	c->t.second = (struct second_mapping) {
		.gva = gva,
		.gpa = WINDOW_GPA,
		.size = WINDOW_PAGES * c->t.page_size,
	};
	guest_pt_map(vm, gva, WINDOW_GPA, c->t.second.size, leaf);
}

void touch_again(struct ctx *c, const struct guest_kind *kind, u64 page)
{
	struct guest_op op = testslot_op(c->slot, kind, page,
					 8 * rng_below(&c->rng, c->t.page_size / 8),
					 rng_u64(&c->rng));

	op.gva += c->t.second.gva - c->t.second.gpa;
	testvm_run(&c->t, 0, &op, 1);
}

void check_mmio(struct testvm *t, const struct kvm_run *run, const struct guest_op *op)
{
	if (run->mmio.phys_addr != op->gva || run->mmio.len != op->kind->bytes)
		report_fail("MMIO gpa=%#llx bytes=%u expected=%#lx,%u step=\"%s\"",
			    run->mmio.phys_addr, run->mmio.len, op->gva,
			    op->kind->bytes, t->step);
	if (run->mmio.is_write && memcmp(run->mmio.data, &op->val, run->mmio.len))
		report_fail("MMIO data=%#x expected=%#x step=\"%s\"",
			    run->mmio.data[0], (u8)op->val, t->step);
}

struct kvm_dirty_gfn *own_entry(struct ctx *c)
{
	struct kvm_dirty_gfn *e = ring_entry(c->t.vcpus[0], 0);

	if (e && (e->slot != c->slot->id || e->offset >= c->slot->npages))
		report_fatal("stray ring entry slot=%#x offset=%llu step=\"%s\"", e->slot,
			     e->offset, c->t.step);
	return e;
}

void expect_reset(struct ctx *c, u32 wanted)
{
	u32 nr = kvm_vm_reset_dirty_ring(c->t.vm);

	if (nr != wanted)
		report_fail("ring reset=%u entries, expected=%u step=\"%s\"", nr, wanted,
			    c->t.step);
}
