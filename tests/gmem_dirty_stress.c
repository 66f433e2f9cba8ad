// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's dirty log while many vCPUs write without pause, and the verdict stays
 * exact: the host draws the same op streams as the vCPUs do and knows from two
 * counters which ops lie before, around and after each harvest.
 *
 * Each scenario, a row in tests/stress/scenarios.c, is a test; guest code is in
 * tests/guest_code/.
 */
#include "harness.h"

#include "stress.h"

FIXTURE(stress) {
};

FIXTURE_VARIANT(stress) {
	struct suite_variant v;
};

FIXTURE_SETUP(stress)
{
	suite_begin(_metadata, &variant->v);
}

FIXTURE_TEARDOWN(stress)
{
	suite_end(_metadata);
}

/* What the test of every scenario is like. */
TEST_F_TIMEOUT(stress, any, SUITE_TIMEOUT)
{
	stress_run(variant->v.subject, variant->v.mode, _metadata->name);
}

static u64 shrink_seconds = 60, soak_seconds, soak_seeds;

static const struct option_more more[] = {
	{
		.name = "vcpus",
		.help = "vCPUs of each VM (default: as many as CPUs, from 2 to 4)",
		.value = &stress_size.vcpus,
		.min = 1, .max = LIVE_MAX_VCPUS,
	}, {
		.name = "pages",
		.help = "pages of the memslot (default 515)",
		.value = &stress_size.pages,
		.min = 64, .max = WINDOW_PAGES / 2 - 2,
	}, {
		.name = "ops",
		.help = "ops of a vCPU between two harvests, at most (default 512)",
		.value = &stress_size.ops,
		.min = 1, .max = 1 << 20,
	}, {
		.name = "harvests",
		.help = "harvests of each test (default 16)",
		.value = &stress_size.harvests,
		.min = 1, .max = 1 << 30,
	}, {
		.name = "with",
		.help = "combine every test with this scenario; may be repeated",
		.value = &stress_size.with,
		.words = scenario_names,
	}, {
		.name = "debug-idle",
		.help = "with 1, nothing happens but harvests while vCPUs wait, to see\n"
			"                 that no such test passes",
		.value = &stress_size.idle,
		.max = 1,
	}, {
		.name = "shrink",
		.help = "seconds to look for a smaller run that fails as well (default 60)",
		.value = &shrink_seconds,
		.max = 3600,
	}, {
		.name = "soak",
		.help = "seconds to go on with one seed after another, until one fails",
		.value = &soak_seconds,
		.max = 1 << 30,
	}, {
		.name = "seeds",
		.help = "how many seeds, until one fails; with --soak, at most",
		.value = &soak_seeds,
		.max = 1 << 30,
	},
};

/* What cannot work is said before any VM is made. */
static void check_size(void)
{
	u64 lanes = (getpagesize() - 2 * STREAM_EDGE) / STREAM_EDGE;
	u64 kvm_max = kvm_check_cap(KVM_CAP_MAX_VCPUS);
	u64 need = stress_size.pages * getpagesize() * 4, have;

	have = (u64)sysconf(_SC_AVPHYS_PAGES) * getpagesize();
	if (stress_size.vcpus > kvm_max || stress_size.vcpus > lanes)
		options_bad("--vcpus %lu: KVM allows %lu here, and a page has room for %lu",
			    stress_size.vcpus, kvm_max, lanes);
	if (need > have)
		options_bad("--pages %lu needs %lu MiB, and %lu MiB are free",
			    stress_size.pages, need >> 20, have >> 20);
}

static void add_tests(void)
{
	const struct scenario *s;

	for (s = scenarios; s < scenarios + nr_scenarios; s++) {
		suite_add_test(_stress_any_object, s->name, s->variants);
		if (s->besides)
			suite_add_test(_stress_any_object, s->name, s->besides);
	}
}

static void at_end(void)
{
	const char *failed = stats_failed();

	if (!stats_is_ours())
		return;
	stats_print();
	if (failed && shrink_seconds)
		shrink(failed, shrink_seconds);
}

static int run(void)
{
	suite_at_end = at_end;
	return suite_run("stress");
}

/* What replays a failure is one run. */
static int run_seeds(void)
{
	u64 seconds = soak_seconds, seeds = soak_seeds;

	soak_seconds = 0;
	soak_seeds = 0;
	suite_ask();
	return soak(seconds, seeds, run);
}

int main(int argc, char **argv)
{
	unsigned int i;
	bool kvm;

	for (i = 0; i < nr_scenarios && !scenarios[i].run; i++)
		scenario_names[i] = scenarios[i].name;
	options_add(more, ARRAY_SIZE(more));
	options_parse(argc, argv);
	/* Not a default to the options: what replays a test says it. */
	if (!stress_size.vcpus)
		stress_size.vcpus = stress_default_vcpus();
	if (options.probe)
		return suite_probe();
	kvm = !options.list && !probe_device();
	if (kvm)
		check_size();
	add_tests();
	stats_init();
	suite_judged = stats_verdict;
	if ((soak_seconds || soak_seeds) && kvm)
		return run_seeds();
	return run();
}
