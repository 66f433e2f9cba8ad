// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM's dirty logging costs, in numbers by which two kernels can be
 * compared.  Nothing is judged here: a test passes when it could measure.
 *
 * What is measured is in tests/perf/, guest code in tests/guest_code/perf.c, the
 * format of the results in docs/performance.md.
 */
#include "harness.h"

#include "perf.h"

/* On bare metal with large memslots and many samples. */
#define PERF_TIMEOUT 600

FIXTURE(perf) {
	struct perf p;
};

FIXTURE_VARIANT(perf) {
	struct suite_variant v;
};

FIXTURE_SETUP(perf)
{
	suite_begin(_metadata, &variant->v);
	perf_create(&self->p, variant->v.subject, variant->v.mode);
}

FIXTURE_TEARDOWN(perf)
{
	perf_destroy(&self->p);
	suite_end(_metadata);
}

/* What every test in the registry is like. */
TEST_F_TIMEOUT(perf, any, PERF_TIMEOUT)
{
	registry_find(_metadata->name)->run(&self->p);
}

int main(int argc, char **argv)
{
	perf_options_parse(argc, argv);
	if (options.probe)
		return suite_probe();
	suite_add_tests(_perf_any_object);
	return suite_run("perf");
}
