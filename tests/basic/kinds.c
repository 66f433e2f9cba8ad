// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kinds of access: every instruction by which a guest touches memory, at every
 * place of a page where it might be handled differently.  One op, one harvest.
 */
#include <sys/mman.h>

#include "across.h"
#include "basic.h"
#include "kinds.h"

/* The first bitmap word ends after page 63. */
static const struct layout small = { .npages = 70, .gfn = 1 };

static u64 alignment(const struct guest_kind *k)
{
	return k->align ?: 1;
}

/*
 * Where in its first page an op of this kind begins, or NOWHERE when the kind
 * cannot be there.
 */
#define NOWHERE (~0ull)

static u64 at_first(const struct guest_kind *k, u64 page_size)
{
	return 0;
}

static u64 at_last(const struct guest_kind *k, u64 page_size)
{
	if (k->bytes > page_size)
		return NOWHERE;
	return align_down(page_size - k->bytes, alignment(k));
}

static u64 at_middle(const struct guest_kind *k, u64 page_size)
{
	return align_up(page_size / 4 + 5, alignment(k));
}

static u64 cross(const struct guest_kind *k, u64 page_size, u64 before)
{
	return k->bytes > alignment(k) ? page_size - before : NOWHERE;
}

static u64 at_half(const struct guest_kind *k, u64 page_size)
{
	u64 before = align_down(min_t(u64, k->bytes, page_size) / 2,
				alignment(k));

	return cross(k, page_size, before ?: alignment(k));
}

/* As little as possible in the first page: the rest may well span several. */
static u64 at_head(const struct guest_kind *k, u64 page_size)
{
	return cross(k, page_size, alignment(k));
}

/* The last bytes alone reach the next page; state has reserved bytes there. */
static u64 at_tail(const struct guest_kind *k, u64 page_size)
{
	if (k->opaque || k->bytes >= page_size)
		return NOWHERE;
	return cross(k, page_size, k->bytes - alignment(k));
}

static const struct place {
	const char *name;
	u64 (*at)(const struct guest_kind *k, u64 page_size);
} places[] = {
	{ "first byte", at_first },
	{ "last bytes", at_last },
	{ "middle", at_middle },
	{ "across, half", at_half },
	{ "across, head", at_head },
	{ "across, tail", at_tail },
};

/* An odd number of pages, so that they do not go in step with the places. */
static const u64 first_pages[] = { 0, 63, 64, 69, 62 };

/*
 * What a walk over a family has seen.
 *
 * @cold:	the next page nobody has touched, or 0 in a walk over warm pages
 * @nr_places:	places done, to choose pages by
 * @nr_missing:	kinds that this CPU does not have; @why the first does not
 * @nr_tried:	writes that failed, and how many of them were reported
 * @by_kvm:	KVM does these accesses, not the CPU
 * @nr_left_out: accesses across pages that this CPU does wrong, by @left_out
 */
struct kind_walk {
	struct ctx *c;
	bool by_kvm;
	unsigned int nr_left_out;
	char left_out[96];
	u64 cold;
	unsigned int nr_places, nr_kinds, nr_missing;
	unsigned int nr_tried, nr_tried_reported;
	const char *why;
};

static u64 span(struct ctx *c, const struct guest_kind *k, u64 at)
{
	return (at + k->bytes - 1) / c->t.page_size + 1;
}

static u8 *expected_at(const struct testslot *s, u64 at)
{
	return s->backing->expected + s->offset + at;
}

static u8 *memory_at(const struct testslot *s, u64 at)
{
	return s->backing->hva + s->offset + at;
}

/* The host's own writes are not logged; what is expected learns of them. */
static void host_fill(const struct testslot *s, u64 at, u64 bytes, u8 value)
{
	memset(memory_at(s, at), value, bytes);
	memset(expected_at(s, at), value, bytes);
}

/* Pages that a walk over cold pages keeps warm, as sources of copies. */
#define WARM_PAGES 4

/*
 * The value of an op @at bytes into the memslot.  A copy's is the distance to
 * its source, which is warm and not aligned as the destination is.
 */
static u64 op_value(struct kind_walk *w, const struct guest_kind *k, u64 at)
{
	const struct testslot *s = w->c->slot;
	u64 far = (s->npages / 2 - 4) * s->t->page_size + 24;

	if (!k->copies)
		return rng_u64(&w->c->rng);
	if (w->cold)
		return 24 - at;
	return at + far + k->bytes <= s->npages * s->t->page_size ? far : -far;
}

static bool all_reported(const struct testslot *s, u64 page, u64 nr)
{
	while (nr--)
		if (!pageset_test(&s->reported, page + nr))
			return false;
	return true;
}

/* What is opaque must at least have changed, in every page it is said to. */
static void check_changed(struct testslot *s, const struct guest_kind *k,
			  u64 at, u8 poison)
{
	u64 page_size = s->t->page_size, end = at + k->bytes, next;

	for (; at < end; at = next) {
		next = min_t(u64, end, align_down(at, page_size) + page_size);
		if (memory_at(s, at)[0] == poison &&
		    !memcmp(memory_at(s, at), memory_at(s, at) + 1,
			    next - at - 1))
			report_fail("nothing written page=%lu kind=%s step=\"%s\"",
				    at / page_size, k->name, s->t->step);
	}
}

/*
 * KVM's emulator makes an entry for each element, and all of an instruction in one go:
 * x86_emulate_insn() in arch/x86/kvm/emulate.c.
 */
static bool overruns_ring(const struct testvm *t, const struct guest_kind *k)
{
	return t->vm->dirty_ring_size && !strncmp(k->name, "fep_rep_", 8) &&
	       k->bytes > t->vm->dirty_ring_size / sizeof(struct kvm_dirty_gfn);
}

/* One op of @k, @at bytes into the page, and its harvest. */
static void do_op(struct kind_walk *w, const struct guest_kind *k, u64 page, u64 at)
{
	struct testslot *s = w->c->slot;
	u64 first = page * s->t->page_size + at, nr = span(w->c, k, at);
	struct guest_op op = testslot_op(s, k, page, at, op_value(w, k, first));
	const u8 poison = 0xa7;

	if (k->opaque)
		host_fill(s, first, k->bytes, poison);
	if (overruns_ring(s->t, k))
		known_saw(SAW_OVERRUN);
	testvm_run(s->t, 0, &op, 1);
	if (k->opaque)
		check_changed(s, k, first, poison);
	check_pages(s, page ? page - 1 : 0, nr + 2);
	check_harvest(s->t);
	if (k->failed_write) {
		w->nr_tried++;
		w->nr_tried_reported += all_reported(s, page, nr);
	}
}

/*
 * An access across pages that the CPU does wrong without KVM says nothing about
 * KVM; the same kind within a page does.  What KVM does itself is always tried.
 */
static bool left_out(struct kind_walk *w, const struct guest_kind *k, u64 at)
{
	const struct across_write cpu = {
		.write = k->guest,
		.model = k->model,
		.bytes = k->bytes,
		.opaque = k->opaque,
		.copies = k->copies,
	};
	u64 before = w->c->t.page_size - at;
	size_t len = strlen(w->left_out);
	char what[32];

	if (w->by_kvm || !(k->model || k->opaque) || k->bytes <= before ||
	    across_is_right(&cpu, before))
		return false;
	snprintf(what, sizeof(what), " %s:%lu", k->name, before);
	if (strstr(w->left_out, what))
		return true;
	w->nr_left_out++;
	snprintf(w->left_out + len, sizeof(w->left_out) - len, "%s", what);
	return true;
}

static void do_place(struct kind_walk *w, const struct guest_kind *k,
		     const struct place *place)
{
	struct testslot *s = w->c->slot;
	u64 at = place->at(k, s->t->page_size), page;

	if (at == NOWHERE || left_out(w, k, at))
		return;
	page = first_pages[w->nr_places++ % ARRAY_SIZE(first_pages)];
	page = min_t(u64, page, s->npages - span(w->c, k, at));
	testvm_step(s->t, "kind %s, %s, page %lu", k->name, place->name, page);
	if (k->prepare)
		do_op(w, k->prepare, page, at);
	do_op(w, k, page, at);
}

static void do_warm(struct kind_walk *w, const struct guest_kind *k)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		do_place(w, k, &places[i]);
}

/* Call @visit for every kind that this CPU has. */
static void walk(struct kind_walk *w, const struct kind_family *f,
		 void (*visit)(struct kind_walk *w, const struct guest_kind *k))
{
	struct guest_kind *k;
	const char *why;

	w->nr_kinds = 0;
	w->nr_missing = 0;
	while ((k = family_kind(f, w->nr_kinds))) {
		why = k->missing ? k->missing(k) : NULL;
		w->nr_kinds++;
		if (!why) {
			visit(w, k);
			continue;
		}
		if (!w->nr_missing++)
			w->why = why;
	}
	if (w->nr_missing == w->nr_kinds)
		report_skip(w->why);
	if (w->nr_missing)
		report_lacks(w->why);
}

/* Left out, by kind and by how many bytes of it are in the first page. */
static void walk_note(const struct kind_walk *w)
{
	char missing[96] = "", tried[64] = "", wrong[192] = "";

	if (w->nr_missing)
		snprintf(missing, sizeof(missing), " missing=%u (%s)",
			 w->nr_missing, w->why);
	if (w->nr_tried)
		snprintf(tried, sizeof(tried), " failed_writes_reported=%u/%u",
			 w->nr_tried_reported, w->nr_tried);
	if (w->nr_left_out)
		snprintf(wrong, sizeof(wrong),
			 " left_out=%u (this CPU misplaces stores across pages:%s)",
			 w->nr_left_out, w->left_out);
	if (missing[0] || tried[0] || wrong[0])
		report_note("kinds=%u%s%s%s", w->nr_kinds - w->nr_missing,
			    missing, tried, wrong);
}

/* All pages mapped, written, harvested, and their content known and not zero. */
static void warm_up(struct kind_walk *w)
{
	struct ctx *c = w->c;

	attach(c, &small);
	host_fill(c->slot, 0, small.npages * c->t.page_size, 0x3c);
	testvm_step(&c->t, "warm-up");
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/* A memslot of which all but the first pages are mapped nowhere. */
static void cool_down(struct kind_walk *w)
{
	struct ctx *c = w->c;
	struct guest_op op;
	u64 page;

	detach(c);
	attach(c, &small);
	testvm_step(&c->t, "sources of copies");
	for (page = 0; page < WARM_PAGES; page++) {
		op = testslot_op(c->slot, &store_u64, page, 8 * page,
				 rng_u64(&c->rng));
		testvm_run(&c->t, 0, &op, 1);
	}
	check_harvest(&c->t);
	w->cold = WARM_PAGES;
}

static void do_cold(struct kind_walk *w, const struct guest_kind *k)
{
	u64 at = at_half(k, w->c->t.page_size);

	if (at == NOWHERE || left_out(w, k, at))
		at = 0;
	if (!w->cold || w->cold + span(w->c, k, at) > w->c->slot->npages)
		cool_down(w);
	testvm_step(&w->c->t, "kind %s, never touched, page %lu", k->name,
		    w->cold);
	do_op(w, k, w->cold, at);
	w->cold += span(w->c, k, at);
}

static bool is_by_kvm(const struct kind_family *f)
{
#ifdef __x86_64__
	return f == &emulated;
#else
	return false;
#endif
}

/* On pages written before, at every place; then once on pages nobody touched. */
static void walk_writes(struct ctx *c, const struct kind_family *f)
{
	struct kind_walk w = { .c = c, .by_kvm = is_by_kvm(f) };

	warm_up(&w);
	walk(&w, f, do_warm);
	walk(&w, f, do_cold);
	walk_note(&w);
}

BASIC_TEST(stores, logged)
{
	walk_writes(c, &stores);
}

BASIC_TEST(vector, logged)
{
	walk_writes(c, &vector);
}

BASIC_TEST(atomics, logged)
{
	walk_writes(c, &atomics);
}

BASIC_TEST(string_ops, logged)
{
	walk_writes(c, &string_ops);
}

/* Pages are warm here: first reads are first_read's. */
BASIC_TEST(no_dirty, logged)
{
	struct kind_walk w = { .c = c };

	warm_up(&w);
	walk(&w, &no_dirty, do_warm);
	walk_note(&w);
}

/* Code that the guest wrote, and that was harvested before it runs. */
BASIC_TEST(execute, logged)
{
	struct kind_walk w = { .c = c };

	warm_up(&w);
	do_warm(&w, &execute);
}

/* The host's write of what @execute is to run, by what the guest would write. */
static void host_code(const struct testslot *s, u64 at)
{
	u8 *code = memory_at(s, at);

	execute.prepare->model(expected_at(s, at), 0);
	execute.prepare->model(code, 0);
	__builtin___clear_cache((char *)code, (char *)code + execute.bytes);
}

/* Code on pages that the guest has not touched: as first_read. */
BASIC_TEST(first_execute, logged)
{
	struct guest_op op;
	u64 page;

	attach(c, &small);
	testvm_step(&c->t, "first instruction fetches");
	for (page = 0; page < small.npages; page += 3) {
		host_code(c->slot, page * c->t.page_size);
		op = testslot_op(c->slot, &execute, page, 0, 0);
		testvm_run(&c->t, 0, &op, 1);
	}
	if (contract_allows(EVENT_FIRST_READ))
		allow_picked(c, pick_third);
	check_harvest(&c->t);
	testvm_step(&c->t, "writes after first instruction fetches");
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

#ifdef __x86_64__
BASIC_TEST(opaque, logged)
{
	walk_writes(c, &opaque);
}

/* Be the device behind EMULATED_PORT: what it gives is the op's value. */
static bool answer_port(struct testvm *t, struct kvm_run *run,
			const struct guest_op *op)
{
	if (run->exit_reason != KVM_EXIT_IO || run->io.port != EMULATED_PORT)
		return false;
	memset((u8 *)run + run->io.data_offset, (u8)op->val,
	       run->io.size * run->io.count);
	return true;
}

/* KVM's emulator writes through the memslot's userspace_addr. */
BASIC_TEST(emulated, reachable)
{
	c->t.on_exit = answer_port;
	walk_writes(c, &emulated);
}

/* MMIO exits, by whether they write. */
static unsigned int nr_mmio[2];

/* Be the port, and the device that is not there, whose registers read as 0. */
static bool answer_mmio(struct testvm *t, struct kvm_run *run,
			const struct guest_op *op)
{
	if (run->exit_reason != KVM_EXIT_MMIO)
		return answer_port(t, run, op);
	nr_mmio[run->mmio.is_write]++;
	check_mmio(t, run, op);
	if (!run->mmio.is_write)
		memset(run->mmio.data, 0, sizeof(run->mmio.data));
	return true;
}

/* First and last bytes: across pages there would be an exit for each. */
static void do_unreachable(struct kind_walk *w, const struct guest_kind *k)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		nr_mmio[1] = 0;
		do_place(w, k, &places[i]);
		if (nr_mmio[1] != 1)
			report_fail("MMIO writes=%u expected=1 step=\"%s\"",
				    nr_mmio[1], w->c->t.step);
	}
}

/*
 * Without a userspace_addr the emulator cannot reach the memory, takes it for
 * MMIO and leaves it to userspace (emulator_read_write_onepage() in
 * arch/x86/kvm/x86.c): nothing is written and nothing may be reported.
 */
BASIC_TEST(emulated_mmio, unreachable)
{
	struct kind_walk w = { .c = c };

	warm_up(&w);
	c->t.on_exit = answer_mmio;
	walk(&w, &unreachable, do_unreachable);
	walk_note(&w);
}

/* Above every usual vm.mmap_min_addr, and below the end of a small memslot. */
#define STRAY_HVA 0x20000ul

/* Memory of the VMM's own, at an address that is also an offset in the memslot. */
static u8 *map_stray(u64 page_size)
{
	u8 *map = mmap((void *)STRAY_HVA, page_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (map != (u8 *)STRAY_HVA)
		report_skip("low addresses cannot be mapped");
	*map = 0x11;
	return map;
}

/*
 * A userspace_addr of NULL means that there is none, not that the memslot's
 * memory begins at address 0 of the VMM.
 */
BASIC_TEST(emulated_stray, unreachable)
{
	struct guest_kind *insb = family_kind(&unreachable, 0);
	u64 page = STRAY_HVA / c->t.page_size;
	struct kind_walk w = { .c = c };
	struct guest_op op;
	u8 *stray;

	warm_up(&w);
	stray = map_stray(c->t.page_size);
	c->t.on_exit = answer_mmio;
	op = testslot_op(c->slot, insb, page, 0, 0x22);
	testvm_step(&c->t, "emulated store, mapped at its offset hva=%#lx",
		    STRAY_HVA);
	testvm_run(&c->t, 0, &op, 1);
	if (*stray != 0x11) {
		known_saw(SAW_STRAY_WRITE);
		report_fail("stray write hva=%#lx page=%lu value=%#x step=\"%s\"",
			    STRAY_HVA, page, *stray, c->t.step);
	}
	check_harvest(&c->t);
	kvm_munmap(stray, c->t.page_size);
}
#endif
