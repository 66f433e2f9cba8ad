// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM's dirty logging costs, in numbers by which two kernels can be
 * compared.  Nothing is judged here: a test passes when it could measure.
 *
 * This file lists what is measured; how is in tests/perf/, guest code in
 * tests/guest_code/perf.c, the format of the results in docs/performance.md.
 */
#include "harness.h"

#include "perf.h"

/* On bare metal with large memslots and many samples. */
#define PERF_TIMEOUT 600

FIXTURE(measured) {
	struct perf p;
};

FIXTURE_VARIANT(measured) {
	struct suite_variant v;
};

FIXTURE_SETUP(measured)
{
	suite_begin(_metadata, &variant->v);
	perf_create(&self->p, variant->v.subject, variant->v.mode);
}

FIXTURE_TEARDOWN(measured)
{
	perf_destroy(&self->p);
	suite_end(_metadata);
}

#define PERF_TEST(name)							\
TEST_F_TIMEOUT(measured, name, PERF_TIMEOUT)				\
{									\
	perf_##name(&self->p);						\
}

PERF_TEST(harvest)
PERF_TEST(log_switch)
PERF_TEST(snapshot)
PERF_TEST(writes)
PERF_TEST(fill_all)
PERF_TEST(rates)
PERF_TEST(toggled)

int main(int argc, char **argv)
{
	unsigned int i;

	perf_options_parse(argc, argv);
	if (options.probe)
		return suite_probe();
	for (i = 0; i < nr_perf_modes; i++)
		suite_add_some_variants(&_measured_fixture_object, NULL,
					perf_modes[i].name);
	return suite_run("perf");
}
