// SPDX-License-Identifier: GPL-2.0-only
/* The options that gmem_dirty_perf has besides those of every program. */
#include "options.h"
#include "perf.h"

struct perf_options perf_options = {
	.samples = 10,
	.warmup = 2,
	.vcpus = 1,
	.sizes = { 8ull << 20 },
	.nr_sizes = 1,
	.strides = { 1, 64 },
	.nr_strides = 2,
	.duration = 40,
	.period = 5,
	.node = -1,
};

static const char *extra[32];
static unsigned int nr_extra;

static void take_env(const char *arg)
{
	if (!strchr(arg, '=') || arg[0] == '=')
		options_bad("--env needs NAME=VALUE, not %s", arg);
	if (nr_extra == ARRAY_SIZE(extra))
		options_bad("more than %lu --env", ARRAY_SIZE(extra));
	extra[nr_extra++] = arg;
}

static void take_out(const char *arg)
{
	perf_options.out = arg;
}

/* No number is a NUMA node unless it is given. */
static const struct option_more more[] = {
	{
		.name = "out", .arg = " FILE", .take = take_out,
		.help = "append the results, as JSON Lines; default: to stdout",
	}, {
		.name = "icount", .flag = &perf_options.icount,
		.help = "the machine's clock counts instructions",
	}, {
		.name = "env", .arg = " NAME=VALUE", .take = take_env,
		.help = "more for the results' environment; may be repeated",
	}, {
		.name = "size",
		.list = perf_options.sizes, .nr = &perf_options.nr_sizes,
		.max_nr = PERF_MAX_LIST, .min = 1 << 20, .max = 64ull << 30,
		.help = "sizes of the memslot, as 8M,1G (8M)",
	}, {
		.name = "stride",
		.list = perf_options.strides, .nr = &perf_options.nr_strides,
		.max_nr = PERF_MAX_LIST, .min = 1, .max = 1 << 20,
		.help = "one page in so many is dirtied (1,64)",
	}, {
		.name = "pin",
		.list = perf_options.cpus, .nr = &perf_options.nr_cpus,
		.max_nr = PERF_MAX_VCPUS + 1, .max = 4095,
		.help = "CPU of the host's thread, then of each vCPU",
	}, {
		.name = "samples", .value = &perf_options.samples, .min = 1, .max = 10000,
		.help = "how often each thing is measured (10)",
	}, {
		.name = "warmup", .value = &perf_options.warmup, .max = 1000,
		.help = "how often it is done before that (2)",
	}, {
		.name = "vcpus", .value = &perf_options.vcpus, .min = 1, .max = PERF_MAX_VCPUS,
		.help = "vCPUs that write (1)",
	}, {
		.name = "duration", .value = &perf_options.duration, .min = 1, .max = 60000,
		.help = "ms that a rate is measured for (40)",
	}, {
		.name = "period", .value = &perf_options.period, .min = 1, .max = 10000,
		.help = "ms between harvests, or switches of the log, meanwhile (5)",
	}, {
		.name = "node", .value = &perf_options.node, .max = 63,
		.help = "NUMA node that the memslot's memory is bound to; needs --pin",
	},
};

void perf_options_parse(int argc, char **argv)
{
	options_add(more, ARRAY_SIZE(more));
	options_parse(argc, argv);
	if (perf_options.nr_cpus && perf_options.nr_cpus <= perf_options.vcpus)
		options_bad("--pin needs %lu CPUs, one for the host's thread and one for each vCPU",
			    perf_options.vcpus + 1);
	if (perf_options.node != -1ull && !perf_options.nr_cpus)
		options_bad("--node needs --pin, to be near or far from it");
	environment_init(argc, argv, extra, nr_extra);
}
