// SPDX-License-Identifier: GPL-2.0-only
/* Memslots: many of them, made anew, moved, and refused. */
#include <linux/memfd.h>
#include <sys/mman.h>

#include "basic.h"
#include "words.h"

/* Make memory of @npages pages, no memslot yet. */
static void make_memory(struct ctx *c, u64 npages)
{
	backing_create(&c->b, c->t.subject, c->t.vm, npages * c->t.page_size);
}

/* All of the memory, attached or not, must be what the guest made of it. */
static void check_memory(struct ctx *c)
{
	u64 at = bytes_same(c->b.hva, c->b.expected, c->b.size);

	if (at == c->b.size)
		return;
	report_fail("memory page=%lu byte=%lu expected=%#x found=%#x step=\"%s\"",
		    at / c->t.page_size, at % c->t.page_size,
		    c->b.expected[at], c->b.hva[at], c->t.step);
}

static void expect(struct ctx *c, const char *what, int r, int expected)
{
	if (r != -expected)
		report_fail("%s errno=%d expected=%d step=\"%s\"", what, -r,
			    expected, c->t.step);
}

#define NR_MANY 12
/* Pages of a slot, and from one slot to the next in the file. */
#define MANY_PAGES 3
#define MANY_STRIDE 4

static u32 max_slots(struct ctx *c)
{
	return vm_check_cap(c->t.vm, KVM_CAP_NR_MEMSLOTS);
}

/*
 * Neighbours in guest memory that lie all over the file, with numbers from both
 * ends of what there is.  The one has the memory of number @of.
 */
static struct testslot *add_many(struct ctx *c, int i, int of)
{
	struct layout l = {
		.npages = MANY_PAGES,
		.gfn = 1 + MANY_PAGES * (i * 5 % NR_MANY),
		.offset = MANY_STRIDE * (of * 7 % NR_MANY),
	};

	return add_slot(c, i % 2 ? max_slots(c) - i : i + 1, &l);
}

/* Write page (@i + @round) % MANY_PAGES of every slot, so that all differ. */
static void write_one_each(struct ctx *c, struct testslot *const *s, int round)
{
	struct guest_op ops[NR_MANY];
	int i;

	for (i = 0; i < NR_MANY; i++)
		ops[i] = testslot_op(s[i], &store_u64, (i + round) % MANY_PAGES,
				     8 * i, rng_u64(&c->rng));
	testvm_run(&c->t, 0, ops, NR_MANY);
}

static void use_many_slots(struct ctx *c)
{
	struct testslot *s[NR_MANY];
	int i, round;

	make_memory(c, NR_MANY * MANY_STRIDE);
	for (i = 0; i < NR_MANY; i++)
		s[i] = add_many(c, i, i);
	for (round = 0; round < 4; round++) {
		testvm_step(&c->t, "one write per memslot, round %d", round);
		write_one_each(c, s, round);
		check_harvest(&c->t);
	}
	testvm_step(&c->t, "delete every second memslot");
	for (i = 0; i < NR_MANY; i += 2)
		testvm_delete_slot(s[i]);
	for (i = 1; i < NR_MANY; i += 2)
		write_in(c, s[i], pick_ends);
	check_harvest(&c->t);
	check_memory(c);
	check_backing(s[1]);
	check_harvest(&c->t);
	testvm_step(&c->t, "every second memslot anew, of another one's memory");
	for (i = 0; i < NR_MANY; i += 2)
		s[i] = add_many(c, i, (i + 2) % NR_MANY);
	for (i = 0; i < NR_MANY; i += 2)
		write_in(c, s[i], pick_every);
	check_harvest(&c->t);
	check_memory(c);
}

BASIC_TEST(many_slots, logged)
{
	use_many_slots(c);
}

/* The highest number there is can be used, the next cannot. */
BASIC_TEST(slot_numbers, logged)
{
	const u32 spaces = vm_check_cap(c->t.vm, KVM_CAP_MULTI_ADDRESS_SPACE) ?: 1;
	const u32 refused[] = {
		max_slots(c), max_slots(c) + 1, 0xffff, spaces << 16 | TEST_SLOT,
		0xffff << 16 | TEST_SLOT,
	};
	struct testslot *last;
	unsigned int i;

	make_memory(c, 70);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		testvm_step(&c->t, "memslot number %#x", refused[i]);
		expect(c, "memslot", backing_attach(&c->b, c->t.vm, refused[i],
						    KVM_MEM_LOG_DIRTY_PAGES,
						    WINDOW_GPA, 0, c->b.size),
		       EINVAL);
	}
	last = add_slot(c, max_slots(c) - 1, &(struct layout) { .npages = 70 });
	write_in(c, last, pick_third);
	check_harvest(&c->t);
	check_memory(c);
}

#ifdef __x86_64__
/*
 * Address space 1 is what a vCPU in SMM sees.  Its memslots have logs of their
 * own, and a range of a guest_memfd is bound in one address space only.
 */
BASIC_TEST(address_space, logged)
{
	const struct layout l = { .npages = 70, .gfn = 1 };
	u32 smm = 1 << 16 | TEST_SLOT;
	struct testslot *normal;
	struct backing other;

	if (vm_check_cap(c->t.vm, KVM_CAP_MULTI_ADDRESS_SPACE) < 2)
		report_skip("one address space");
	make_memory(c, 70);
	normal = add_slot(c, TEST_SLOT, &l);
	if (subject_is_gmem(c->t.subject))
		expect(c, "bound in two address spaces",
		       backing_attach(&c->b, c->t.vm, smm,
				      KVM_MEM_LOG_DIRTY_PAGES, WINDOW_GPA, 0,
				      c->b.size), EEXIST);
	backing_create(&other, c->t.subject, c->t.vm, c->b.size);
	testvm_add_slot(&c->t, &other, smm, KVM_MEM_LOG_DIRTY_PAGES,
			testvm_window_gfn(&c->t) + l.gfn, 0, l.npages);
	testvm_step(&c->t, "writes to address space 0");
	write_in(c, normal, pick_third);
	check_harvest(&c->t);
	check_content(&c->t, false);
	testvm_delete_slot(normal);
	write_in(c, add_slot(c, TEST_SLOT, &l), pick_odd);
	check_harvest(&c->t);
	check_content(&c->t, false);
}
#endif

/* A memslot is deleted and its number and its memory are used again. */
static const struct anew {
	const char *what;
	struct layout before, after;
} anews[] = {
	{ "the same", { 70, 1, 3 }, { 70, 1, 3 } },
	{ "the same again", { 70, 1, 3 }, { 70, 1, 3 } },
	{ "smaller", { 130, 1, 3 }, { 65, 1, 3 } },
	{ "smaller and elsewhere", { 70, 1, 3 }, { 3, 200, 3 } },
	{ "larger", { 3, 1, 3 }, { 70, 1, 3 } },
	{ "at another offset", { 70, 1, 3 }, { 70, 1, 50 } },
	{ "all different", { 130, 64, 3 }, { 67, 1, 100 } },
};

/* Nothing is left of a memslot's log when the memslot is gone. */
static void delete_dirty(struct ctx *c, struct testslot *s)
{
	u64 bitmap[3];
	int r;

	write_in(c, s, pick_third);
	testvm_delete_slot(s);
	c->t.nr_ops = 0;
	r = log_get(&c->t, TEST_SLOT, bitmap);
	expect(c, "KVM_GET_DIRTY_LOG after delete", r,
	       log_has_bitmap(&c->t) ? ENOENT : ENXIO);
}

/*
 * Rings are not memslots': they keep what belonged to the one before, and its
 * reset must not disturb the new one, whose entries may follow in the ring.
 */
static void make_anew(struct ctx *c, const struct anew *a, bool reset_first)
{
	u32 stale;
	struct testslot *s;

	testvm_step(&c->t, "memslot anew: %s, stale entries %s", a->what,
		    reset_first ? "reset before" : "reset after");
	delete_dirty(c, add_slot(c, TEST_SLOT, &a->before));
	stale = ring_pending(&c->t);
	if (!log_has_bitmap(&c->t) && !stale)
		report_fail("ring lost the entries of a deleted memslot step=\"%s\"",
			    c->t.step);
	s = add_slot(c, TEST_SLOT, &a->after);
	if (reset_first) {
		ring_discard(&c->t, stale);
		check_harvest(&c->t);
	}
	write_in(c, s, pick_odd);
	if (!reset_first)
		ring_discard(&c->t, stale);
	check_harvest(&c->t);
	write_in(c, s, pick_every);
	check_harvest(&c->t);
	check_memory(c);
	testvm_delete_slot(s);
}

static void use_slots_anew(struct ctx *c)
{
	unsigned int i;

	make_memory(c, 200);
	for (i = 0; i < ARRAY_SIZE(anews); i++)
		make_anew(c, &anews[i], i % 2);
}

BASIC_TEST(slot_anew, logged)
{
	use_slots_anew(c);
}

#ifdef __x86_64__
/*
 * With this quirk, which is on unless the VMM says otherwise, all memslots are zapped
 * when one goes; without it that one alone: kvm_arch_flush_shadow_memslot() in
 * arch/x86/kvm/mmu/mmu.c.
 */
static void zap_one_alone(struct ctx *c)
{
	if (!(kvm_check_cap(KVM_CAP_DISABLE_QUIRKS2) & KVM_X86_QUIRK_SLOT_ZAP_ALL))
		report_skip("KVM cannot zap one memslot alone");
	vm_enable_cap(c->t.vm, KVM_CAP_DISABLE_QUIRKS2, KVM_X86_QUIRK_SLOT_ZAP_ALL);
}

BASIC_TEST(slot_anew_alone, logged)
{
	zap_one_alone(c);
	use_slots_anew(c);
}

BASIC_TEST(many_slots_alone, logged)
{
	zap_one_alone(c);
	use_many_slots(c);
}
#endif

/*
 * KVM moves ordinary memslots and keeps their log: the new memslot takes over
 * the bitmap (kvm_prepare_memory_region() in virt/kvm/kvm_main.c), and entries
 * of rings name pages by their place in the memslot.  guest_memfd does not move.
 */
BASIC_TEST(move, logged)
{
	int expected = subject_is_gmem(c->t.subject) ? EINVAL : 0;

	attach(c, &(struct layout) { .npages = 70, .gfn = 1 });
	write_picked(c, pick_third);
	testvm_step(&c->t, "move up");
	expect(c, "move", testslot_move(c->slot, c->slot->gfn + 127), expected);
	write_picked(c, pick_odd);
	check_harvest(&c->t);
	testvm_step(&c->t, "move on to itself");
	expect(c, "move", testslot_move(c->slot, c->slot->gfn + 1), expected);
	check_harvest(&c->t);
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/*
 * How a memslot is set in a way that must be refused.
 *
 * @gmem:	only where it is guest_memfd
 * @expected:	errno
 * @or:		another one, of a kernel that looks at the file first, or 0
 */
struct change {
	const char *what;
	bool gmem;
	void (*edit)(struct ctx *c, struct kvm_userspace_memory_region2 *r);
	int expected;
	int or;
};

static void edit_smaller(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->memory_size -= c->t.page_size;
}

static void edit_larger(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->memory_size += c->t.page_size;
}

static void edit_readonly(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->flags |= KVM_MEM_READONLY;
}

static void edit_hva(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->userspace_addr = (u64)c->b.hva + 2 * c->t.page_size;
}

static void edit_kind(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->flags ^= KVM_MEM_GUEST_MEMFD;
	r->guest_memfd = c->b.fd;
}

static void edit_unknown_flag(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->flags |= 1 << 15;
}

/* KVM_MEMSLOT_INVALID and KVM_MEMSLOT_GMEM_ONLY are KVM's own. */
static void edit_own_flags(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->flags |= 3 << 16;
}

static void edit_gmem_offset(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset += c->t.page_size;
}

/* Of the same kind: that it is another file is all that is wrong with it. */
static int other_gmem(struct ctx *c, struct kvm_vm *vm)
{
	struct backing b;

	backing_create(&b, c->t.subject, vm, c->b.size);
	return b.fd;
}

static void edit_gmem_fd(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd = other_gmem(c, c->t.vm);
}

static void edit_bad_fd(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd = -1;
}

static const struct change changes[] = {
	{ "smaller", false, edit_smaller, EINVAL, 0 },
	{ "larger", false, edit_larger, EINVAL, 0 },
	{ "readonly", false, edit_readonly, EINVAL, 0 },
	{ "other userspace_addr", false, edit_hva, EINVAL, 0 },
	{ "guest_memfd or not", false, edit_kind, EINVAL, 0 },
	{ "unknown flag", false, edit_unknown_flag, EINVAL, 0 },
	{ "KVM's own flags", false, edit_own_flags, EINVAL, 0 },
	{ "other guest_memfd offset", true, edit_gmem_offset, EINVAL, 0 },
	{ "other guest_memfd", true, edit_gmem_fd, EINVAL, 0 },
	{ "no file", true, edit_bad_fd, EINVAL, EBADF },
};

/*
 * Changes that cannot be had, with the log on and switching it off: all but its
 * log is for good.
 */
BASIC_TEST(change_refused, logged)
{
	struct kvm_userspace_memory_region2 r;
	unsigned int i, j;
	int e;

	attach(c, &(struct layout) { .npages = 70, .gfn = 1, .offset = 1 });
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		if (changes[i].gmem && !subject_is_gmem(c->t.subject))
			continue;
		testvm_step(&c->t, "change: %s", changes[i].what);
		write_picked(c, i % 2 ? pick_odd : pick_third);
		for (j = 0; j < 2; j++) {
			r = backing_region(&c->b, TEST_SLOT,
					   j ? 0 : KVM_MEM_LOG_DIRTY_PAGES,
					   c->slot->gfn * c->t.page_size,
					   c->slot->offset,
					   70 * c->t.page_size);
			changes[i].edit(c, &r);
			e = memslot_set(c->t.vm, &r);
			if (e != -changes[i].or || !e)
				expect(c, "change", e, changes[i].expected);
		}
		check_harvest(&c->t);
	}
	write_picked(c, pick_every);
	check_harvest(&c->t);
}

/*
 * Setting a memslot to what it is changes nothing.  guest_memfd memslots are
 * refused even that by some kernels: one or the other.
 */
BASIC_TEST(same_again, logged)
{
	int i, r;

	attach(c, &(struct layout) { .npages = 70, .gfn = 1 });
	for (i = 0; i < 3; i++) {
		write_picked(c, i % 2 ? pick_odd : pick_third);
		r = testslot_set_log(c->slot, true);
		if (r && (r != -EINVAL || !subject_is_gmem(c->t.subject)))
			report_fail("setting the same again errno=%d", -r);
		if (i)
			check_harvest(&c->t);
	}
}

/*
 * A second memslot that overlaps the first, in pages from the first's start.
 * With @file it overlaps in the file and lies elsewhere in guest memory.
 */
static const struct overlap {
	bool file;
	s64 start;
	u64 npages;
	int expected;
} overlaps[] = {
	{ false, 0, 70, EEXIST },
	{ false, -9, 10, EEXIST },
	{ false, 69, 10, EEXIST },
	{ false, 30, 3, EEXIST },
	{ false, -9, 90, EEXIST },
	{ false, -9, 9, 0 },
	{ false, 70, 9, 0 },
	{ true, 0, 70, EEXIST },
	{ true, -9, 10, EEXIST },
	{ true, 69, 10, EEXIST },
	{ true, 30, 3, EEXIST },
	{ true, -9, 90, EEXIST },
	{ true, -9, 9, 0 },
	{ true, 70, 9, 0 },
};

/* Where the tests of overlaps put their first memslot, and things elsewhere. */
static const struct layout middle = { .npages = 70, .gfn = 100, .offset = 100 };
#define ELSEWHERE 700

static void try_overlap(struct ctx *c, struct testslot *first,
			const struct overlap *o)
{
	struct backing other = c->b;
	u64 gfn = testvm_window_gfn(&c->t) + (o->file ? ELSEWHERE : middle.gfn + o->start);
	u64 offset = o->file ? middle.offset + o->start : 300;
	int expected = o->expected, r;

	/* Only guest_memfd keeps book of who uses what. */
	if (o->file && !subject_is_gmem(c->t.subject))
		expected = 0;
	testvm_step(&c->t, "overlap in %s, start %lld npages %lu",
		    o->file ? "the file" : "guest memory", (long long)o->start,
		    o->npages);
	write_in(c, first, pick_ends);
	r = backing_attach(&other, c->t.vm, TEST_SLOT + 1,
			   KVM_MEM_LOG_DIRTY_PAGES, gfn * c->t.page_size,
			   offset * c->t.page_size, o->npages * c->t.page_size);
	expect(c, "overlap", r, expected);
	check_harvest(&c->t);
	if (!r)
		memslot_delete(c->t.vm, TEST_SLOT + 1);
}

/* Overlaps are refused, leave no trace, and what was wanted works elsewhere. */
BASIC_TEST(overlap, logged)
{
	struct testslot *first, *second;
	unsigned int i;

	make_memory(c, 400);
	first = add_slot(c, TEST_SLOT, &middle);
	for (i = 0; i < ARRAY_SIZE(overlaps); i++)
		try_overlap(c, first, &overlaps[i]);
	testvm_step(&c->t, "no overlap");
	second = add_slot(c, TEST_SLOT + 1, &(struct layout) { 90, ELSEWHERE, 200 });
	write_in(c, first, pick_every);
	write_in(c, second, pick_third);
	check_harvest(&c->t);
	check_memory(c);
}

static void edit_fd_of_other_kind(struct ctx *c,
				  struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd = kvm_memfd_alloc(c->b.size, false);
}

static void edit_gmem_of_other_vm(struct ctx *c,
				  struct kvm_userspace_memory_region2 *r)
{
	struct kvm_vm *vm = vm_create_barebones();

	r->guest_memfd = other_gmem(c, vm);
	kvm_vm_free(vm);
}

/* All of the file is mapped, and that may be more than the memory under test. */
static void edit_past_end(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset = c->b.map_size - r->memory_size + c->t.page_size;
}

static void edit_far_past_end(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset = -r->memory_size;
}

static void edit_wrapping_offset(struct ctx *c,
				 struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset = -c->t.page_size;
}

static void edit_negative_offset(struct ctx *c,
				 struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset = 1ull << 63;
}

static void edit_unaligned_offset(struct ctx *c,
				  struct kvm_userspace_memory_region2 *r)
{
	r->guest_memfd_offset += 512;
}

static void edit_unaligned_gpa(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_phys_addr += 512;
}

static void edit_unaligned_size(struct ctx *c,
				struct kvm_userspace_memory_region2 *r)
{
	r->memory_size -= 512;
}

static void edit_unaligned_hva(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->userspace_addr += 512;
}

static void edit_wrapping_gpa(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_phys_addr = -c->t.page_size;
}

static void edit_beyond_guest(struct ctx *c, struct kvm_userspace_memory_region2 *r)
{
	r->guest_phys_addr = 1ull << 52;
}

/* Each architecture has its own word for an address that no guest can have. */
#ifdef __x86_64__
#define BEYOND_GUEST EINVAL
#else
#define BEYOND_GUEST EFAULT
#endif

static const struct change creations[] = {
	{ "no file", true, edit_bad_fd, EBADF, 0 },
	{ "file of another kind", true, edit_fd_of_other_kind, EINVAL, 0 },
	{ "file of another VM", true, edit_gmem_of_other_vm, EINVAL, 0 },
	{ "one page past the file's end", true, edit_past_end, EINVAL, 0 },
	{ "far past the file's end", true, edit_far_past_end, EINVAL, 0 },
	{ "offset and size wrap", true, edit_wrapping_offset, EINVAL, 0 },
	{ "offset negative as a signed number", true, edit_negative_offset, EINVAL, 0 },
	{ "unaligned offset", true, edit_unaligned_offset, EINVAL, 0 },
	{ "unaligned guest address", false, edit_unaligned_gpa, EINVAL, 0 },
	{ "unaligned size", false, edit_unaligned_size, EINVAL, 0 },
	{ "unaligned userspace_addr", false, edit_unaligned_hva, EINVAL, 0 },
	{ "guest address and size wrap", false, edit_wrapping_gpa, EINVAL, 0 },
	{ "no guest has such an address", false, edit_beyond_guest, BEYOND_GUEST, 0 },
	{ "unknown flag", false, edit_unknown_flag, EINVAL, 0 },
	{ "KVM's own flags", false, edit_own_flags, EINVAL, 0 },
};

static void try_creation(struct ctx *c, const struct change *e)
{
	struct kvm_userspace_memory_region2 r;
	u64 gpa = WINDOW_GPA + ELSEWHERE * c->t.page_size;

	testvm_step(&c->t, "creation: %s", e->what);
	r = backing_region(&c->b, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES, gpa, 0,
			   70 * c->t.page_size);
	e->edit(c, &r);
	expect(c, "creation", memslot_set(c->t.vm, &r), e->expected);
}

/* After every refusal the valid call works, and its log starts empty. */
BASIC_TEST(creation_refused, logged)
{
	struct testslot *s;
	unsigned int i;

	make_memory(c, 140);
	for (i = 0; i < ARRAY_SIZE(creations); i++) {
		if (creations[i].gmem && !subject_is_gmem(c->t.subject))
			continue;
		try_creation(c, &creations[i]);
		s = add_slot(c, TEST_SLOT, &(struct layout) { 70, ELSEWHERE, 0 });
		check_harvest(&c->t);
		write_in(c, s, pick_ends);
		check_harvest(&c->t);
		testvm_delete_slot(s);
	}
	check_memory(c);
}

/*
 * The last user of a guest_memfd closes it while a memslot uses it.  What was
 * logged is still told; the guest cannot run on (kvm_gmem_release() in
 * virt/kvm/guest_memfd.c).
 */
BASIC_TEST(file_closed, gmem)
{
	struct testslot *s;
	struct guest_op op;
	int r;

	make_memory(c, 70);
	s = add_slot(c, TEST_SLOT, &(struct layout) { .npages = 70, .gfn = 1 });
	write_in(c, s, pick_every);
	check_harvest(&c->t);
	write_in(c, s, pick_third);
	testvm_step(&c->t, "file closed");
	backing_close(&c->b);
	check_harvest(&c->t);
	check_harvest(&c->t);
	op = testslot_op(s, &store_u64, 1, 0, 1);
	r = testvm_try_op(&c->t, 0, &op);
	expect(c, "KVM_RUN after the file was closed", r, EFAULT);
	if (c->t.vcpus[0]->run->exit_reason != KVM_EXIT_MEMORY_FAULT)
		report_fail("exit=%s expected=MEMORY_FAULT after the file was closed",
			    exit_reason_str(c->t.vcpus[0]->run->exit_reason));
	check_harvest(&c->t);
	testvm_delete_slot(s);
}

/* A VM with a dirty memslot ends: the file before it, or it before the file. */
static void end_in_order(struct ctx *c, bool file_first)
{
	struct testvm t;
	struct backing b;
	struct testslot *s;
	struct guest_op op;

	testvm_create(&t, c->t.subject, c->t.mode, 1);
	backing_create(&b, t.subject, t.vm, 3 * t.page_size);
	s = testvm_add_slot(&t, &b, TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES,
			    testvm_window_gfn(&t), 0, 3);
	op = testslot_op(s, &store_u64, 1, 0, 1);
	testvm_run(&t, 0, &op, 1);
	if (file_first)
		backing_close(&b);
	kvm_vm_free(t.vm);
	if (!file_first && bytes_same(b.hva, b.expected, b.size) != b.size)
		report_fail("memory changed when its VM ended");
	backing_destroy(&b);
}

/* Nothing to see but the kernel's log, which the harness checks. */
BASIC_TEST(end_orders, logged)
{
	end_in_order(c, true);
	end_in_order(c, false);
}
