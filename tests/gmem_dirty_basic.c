// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's dirty log, one step at a time: the guest does something, stops, the
 * log is harvested once and must hold exactly the pages that were written.
 *
 * Every test runs for every subject (lib/subject.c) in every log mode
 * (lib/harvest.c) that makes sense for it.  This file lists them; what they do
 * is in tests/basic/, guest code in tests/guest_code/.
 */
#include "harness.h"

#include "basic.h"

/* One fixture for tests of a subject in a log mode, one for those without. */
#define BASIC_FIXTURE(fixture)						\
FIXTURE(fixture) {							\
	struct ctx c;							\
};									\
FIXTURE_VARIANT(fixture) {						\
	struct suite_variant v;						\
};									\
FIXTURE_SETUP(fixture)							\
{									\
	suite_begin(_metadata, &variant->v);				\
	if (variant->v.skip)						\
		SKIP(return, "%s", variant->v.skip);			\
	self->c.rng.state = options.seed;				\
	testvm_create(&self->c.t, variant->v.subject, variant->v.mode, 1); \
}									\
FIXTURE_TEARDOWN(fixture)						\
{									\
	if (self->c.slot)						\
		detach(&self->c);					\
	testvm_destroy(&self->c.t);					\
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
BASIC_TEST(logged, contents)
BASIC_TEST(logged, first_read)
BASIC_TEST(logged, warm_read)

/* Subjects that KVM attaches as guest_memfd, logged or not. */
BASIC_FIXTURE(plain)
BASIC_TEST(plain, refusal)

static void add_plain_variants(struct __fixture_metadata *f)
{
	unsigned int i;

	for (i = 0; i < nr_subjects; i++)
		if (subjects[i].slot_flags & KVM_MEM_GUEST_MEMFD)
			suite_add_variant(f, &subjects[i], NULL);
}

int main(int argc, char **argv)
{
	options_parse(argc, argv);
	if (options.probe)
		return suite_probe();
	suite_add_variants(&_logged_fixture_object);
	add_plain_variants(&_plain_fixture_object);
	return suite_run("basic");
}
