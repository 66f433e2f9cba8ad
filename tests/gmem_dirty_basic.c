// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's dirty log, one step at a time: the guest does something, stops, the
 * log is harvested once and must hold exactly the pages that were written.
 *
 * Every test runs for every subject (lib/subject.c) in every log mode
 * (lib/harvest.c) that makes sense for it.  This file lists them; what they do
 * is in tests/basic/, guest code in tests/guest_code/.
 */
#include <sched.h>

#include "harness.h"

#include "basic.h"

/* One fixture for tests of a subject in a log mode, one for those without. */
#define BASIC_FIXTURE(fixture)						\
	BASIC_FIXTURE_OF(fixture, testvm_create(&self->c.t, variant->v.subject, \
						variant->v.mode, 1))

#define BASIC_FIXTURE_OF(fixture, create)				\
FIXTURE(fixture) {							\
	struct ctx c;							\
};									\
FIXTURE_VARIANT(fixture) {						\
	struct suite_variant v;						\
};									\
FIXTURE_SETUP(fixture)							\
{									\
	suite_begin(_metadata, &variant->v);				\
	self->c.rng.state = options.seed;				\
	self->c.subject = variant->v.subject;				\
	self->c.mode = variant->v.mode;					\
	create;								\
}									\
FIXTURE_TEARDOWN(fixture)						\
{									\
	if (self->c.slot)						\
		detach(&self->c);					\
	if (self->c.t.vm)						\
		testvm_destroy(&self->c.t);				\
	suite_end(_metadata);						\
}

#define BASIC_TEST(fixture, name)					\
TEST_F_TIMEOUT(fixture, name, SUITE_TIMEOUT)				\
{									\
	basic_##name(&self->c);						\
}

/* Subject x log mode. */
BASIC_FIXTURE(logged)
BASIC_TEST(logged, every_page)
BASIC_TEST(logged, third_page)
BASIC_TEST(logged, first_and_last_page)
BASIC_TEST(logged, tail_word)
BASIC_TEST(logged, single_page)
BASIC_TEST(logged, rewrite)
BASIC_TEST(logged, write_orders)
BASIC_TEST(logged, contents)
BASIC_TEST(logged, first_read)
BASIC_TEST(logged, warm_read)
BASIC_TEST(logged, pt_accessed_dirty)
BASIC_TEST(logged, pt_first_walk)
BASIC_TEST(logged, pt_blocks)
BASIC_TEST(logged, pt_mapped_twice)
BASIC_TEST(logged, kvm_writes)
BASIC_TEST(logged, stores)
BASIC_TEST(logged, vector)
BASIC_TEST(logged, atomics)
BASIC_TEST(logged, string_ops)
BASIC_TEST(logged, no_dirty)
BASIC_TEST(logged, execute)
BASIC_TEST(logged, first_execute)

#ifdef __x86_64__
BASIC_TEST(logged, opaque)

/* What KVM writes itself goes through the memslot's mapping, if it has one. */
BASIC_FIXTURE(reachable)
BASIC_TEST(reachable, emulated)
BASIC_FIXTURE(unreachable)
BASIC_TEST(unreachable, emulated_mmio)
BASIC_TEST(unreachable, emulated_stray)
#endif

BASIC_TEST(logged, log_of_nothing)
BASIC_TEST(logged, many_slots)
BASIC_TEST(logged, slot_numbers)
BASIC_TEST(logged, slot_anew)
BASIC_TEST(logged, move)
BASIC_TEST(logged, change_refused)
BASIC_TEST(logged, same_again)
BASIC_TEST(logged, overlap)
BASIC_TEST(logged, creation_refused)
BASIC_TEST(logged, end_orders)
BASIC_TEST(logged, toggle)
BASIC_TEST(logged, toggle_over_mappings)
BASIC_TEST(logged, toggle_and_use)
BASIC_TEST(logged, log_of_two)
BASIC_TEST(logged, punch_hole)
BASIC_TEST(logged, punch_edges)
BASIC_TEST(logged, allocate)
BASIC_TEST(logged, host_write)
BASIC_TEST(logged, prefault)

/* Memory that need not be written to be mapped, in every log mode. */
BASIC_FIXTURE(small)
BASIC_TEST(small, buffer_fills)
#ifdef __x86_64__
BASIC_TEST(small, late_vcpu)
BASIC_TEST(small, smm)
BASIC_TEST(small, nested)
#endif

/* Memslots that KVM attaches as guest_memfd, in every log mode. */
BASIC_FIXTURE(gmem)
BASIC_TEST(gmem, file_closed)
BASIC_TEST(gmem, toggle_binding)
BASIC_TEST(gmem, toggle_then_punch)

/* Subjects in the log mode that has the interface under test. */
BASIC_FIXTURE(clear)
BASIC_TEST(clear, clear_ranges)
BASIC_TEST(clear, clear_words)
BASIC_TEST(clear, clear_subset)
BASIC_TEST(clear, get_again)
BASIC_TEST(clear, bad_buffer)

BASIC_FIXTURE(bitmap)
BASIC_TEST(bitmap, get_drains)
BASIC_TEST(bitmap, bad_buffer_drains)
BASIC_TEST(bitmap, clear_without_capability)

BASIC_FIXTURE(ring)
BASIC_TEST(ring, no_bitmap)

/* The same memory, in modes that have rings. */
BASIC_FIXTURE(rings)
BASIC_TEST(rings, ring_garbage)
BASIC_TEST(rings, ring_never_dirty)
BASIC_TEST(rings, ring_order)

/* What the guest's page tables are like has nothing to do with it either. */
BASIC_TEST(bitmap, guest_huge)

/* Memory that KVM can map huge, in every log mode. */
BASIC_FIXTURE(huge)
BASIC_TEST(huge, split_recover)
BASIC_TEST(huge, huge_layouts)
BASIC_FIXTURE(huge_bitmap)
BASIC_TEST(huge_bitmap, huge_holes)

/* The guest's own granule has nothing to do with how the log is read. */
#ifdef __aarch64__
BASIC_TEST(bitmap, granule_16k)
BASIC_TEST(bitmap, granule_64k)
#endif

/* What only one architecture has. */
#ifdef __aarch64__
BASIC_TEST(logged, its_tables)
#endif
#ifdef __x86_64__
BASIC_TEST(logged, address_space)
BASIC_TEST(logged, prefault_all)
BASIC_TEST(ring, prefault_overflow)
#endif

/* Subjects that KVM attaches as guest_memfd, logged or not. */
BASIC_FIXTURE(plain)
BASIC_TEST(plain, refusal)

/* What makes its own VM, of a size of its own. */
BASIC_FIXTURE_OF(scale, (void)0)
BASIC_TEST(scale, large_slots)
BASIC_TEST(scale, most_slots)
BASIC_TEST(scale, many_vcpus)

BASIC_TEST(scale, too_large_slot)

BASIC_FIXTURE_OF(scale_clear, (void)0)
BASIC_TEST(scale_clear, large_clear)

/* What KVM attaches as guest_memfd, and what it does not, once each. */
static bool is_first(const struct subject *s)
{
	return !strcmp(s->name, "gmem") || !strcmp(s->name, "anon");
}

/* Of the subjects the one that is most like a page of 1G. */
BASIC_FIXTURE_OF(gigantic, (void)0)
BASIC_TEST(gigantic, huge_1g)

static bool is_hugetlb(const struct subject *s)
{
	return !strcmp(s->name, "hugetlb");
}

static void add_scale_variants(void)
{
	suite_add_some_variants(&_gigantic_fixture_object, is_hugetlb, NULL);
	suite_add_some_variants(&_scale_fixture_object, is_first, "bitmap");
	suite_add_some_variants(&_scale_fixture_object, is_first, "ring");
	suite_add_some_variants(&_scale_clear_fixture_object, is_first, "clear");
}

static const struct option_more more[] = {
	{ "slots", "memslots of most_slots; at most as many as KVM has (1024)",
	  &scale_options.slots, 8, UINT16_MAX, NULL },
	{ "vcpus", "vCPUs of many_vcpus; at most as many as KVM has (16)",
	  &scale_options.vcpus, 1, TESTVM_MAX_VCPUS, NULL },
	{ "bitmap-pages", "the largest memslot of large_slots that has a bitmap; KVM has\n"
	  "                 2147483647 (a little more than 1 TiB)",
	  &scale_options.bitmap_pages, 1 << 18, INT32_MAX, NULL },
};

static void add_plain_variants(struct __fixture_metadata *f)
{
	unsigned int i;

	for (i = 0; i < nr_subjects; i++)
		if (subject_is_gmem(&subjects[i]))
			suite_add_variant(f, &subjects[i], NULL);
}

#ifdef __x86_64__
static bool has_userspace(const struct subject *s)
{
	return s->userspace;
}

static bool has_none(const struct subject *s)
{
	return !s->userspace;
}

static void add_emulated_variants(void)
{
	suite_add_some_variants(&_reachable_fixture_object, has_userspace, NULL);
	suite_add_some_variants(&_unreachable_fixture_object, has_none, NULL);
}
#else
static void add_emulated_variants(void)
{
}
#endif

static bool has_huge_pages(const struct subject *s)
{
	return s->premap;
}

static bool is_small(const struct subject *s)
{
	return !s->premap;
}

static void add_ring_variants(void)
{
	unsigned int i;

	for (i = 0; i < nr_log_modes; i++)
		if (log_modes[i].rings)
			suite_add_some_variants(&_rings_fixture_object, is_small,
						log_modes[i].name);
}

/*
 * On arm64 a vCPU that comes back to a CPU whose TLB still has a page read-only faults
 * once more on it, and KVM marks it once more, for a fault that relaxes permissions
 * flushes only the CPU it is on (kvm_pgtable_stage2_relax_perms() in
 * arch/arm64/kvm/hyp/pgtable.c).  Here each page is marked once.
 */
static void stay_on_one_cpu(void)
{
#ifdef __aarch64__
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
#endif
}

int main(int argc, char **argv)
{
	options_add(more, ARRAY_SIZE(more));
	options_parse(argc, argv);
	if (options.probe)
		return suite_probe();
	stay_on_one_cpu();
	suite_add_variants(&_logged_fixture_object);
	add_emulated_variants();
	suite_add_some_variants(&_small_fixture_object, is_small, NULL);
	suite_add_some_variants(&_gmem_fixture_object, subject_is_gmem, NULL);
	suite_add_some_variants(&_clear_fixture_object, NULL, "clear");
	suite_add_some_variants(&_bitmap_fixture_object, NULL, "bitmap");
	suite_add_some_variants(&_ring_fixture_object, NULL, "ring");
	add_ring_variants();
	add_scale_variants();
	suite_add_some_variants(&_huge_fixture_object, has_huge_pages, NULL);
	suite_add_some_variants(&_huge_bitmap_fixture_object, has_huge_pages,
				"bitmap");
	add_plain_variants(&_plain_fixture_object);
	return suite_run("basic");
}
