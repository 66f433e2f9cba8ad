// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's dirty log, one step at a time: the guest does something, stops, the
 * log is harvested once and must hold exactly the pages that were written.
 *
 * Every test runs for every subject (lib/subject.c) in every log mode
 * (lib/harvest.c) that makes sense for it.  The tests are in tests/basic/, guest code
 * is in tests/guest_code/.
 */
#include <sched.h>

#include "harness.h"

#include "basic.h"

FIXTURE(basic) {
	struct ctx c;
	const struct suite_test *test;
};

FIXTURE_VARIANT(basic) {
	struct suite_variant v;
};

FIXTURE_SETUP(basic)
{
	suite_begin(_metadata, &variant->v);
	self->test = registry_find(_metadata->name);
	self->c.rng.state = options.seed;
	self->c.subject = variant->v.subject;
	self->c.mode = variant->v.mode;
	if (!self->test->variants->own_vm)
		testvm_create(&self->c.t, self->c.subject, self->c.mode, 1);
}

FIXTURE_TEARDOWN(basic)
{
	if (self->c.slot)
		detach(&self->c);
	if (self->c.t.vm)
		testvm_destroy(&self->c.t);
	suite_end(_metadata);
}

/* What every test in the registry is like. */
TEST_F_TIMEOUT(basic, any, SUITE_TIMEOUT)
{
	self->test->run(&self->c);
}

static const struct option_more more[] = {
	{
		.name = "slots", .value = &scale_options.slots, .min = 8, .max = UINT16_MAX,
		.help = "memslots of most_slots; at most as many as KVM has (1024)",
	}, {
		.name = "vcpus", .value = &scale_options.vcpus,
		.min = 1, .max = TESTVM_MAX_VCPUS,
		.help = "vCPUs of many_vcpus; at most as many as KVM has (16)",
	}, {
		.name = "bitmap-pages", .value = &scale_options.bitmap_pages,
		.min = 1 << 18, .max = INT32_MAX,
		.help = "the largest memslot of large_slots that has a bitmap; KVM has\n"
			"                 2147483647 (a little more than 1 TiB)",
	},
};

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
	suite_add_tests(_basic_any_object);
	return suite_run("basic");
}
