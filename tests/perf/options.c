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

/* Plain numbers; no number is a NUMA node unless it is given. */
static const struct option_more numbers[] = {
	{ "samples", "how often each thing is measured (10)",
	  &perf_options.samples, 1, 10000, NULL },
	{ "warmup", "how often it is done before that (2)",
	  &perf_options.warmup, 0, 1000, NULL },
	{ "vcpus", "vCPUs that write (1)",
	  &perf_options.vcpus, 1, PERF_MAX_VCPUS, NULL },
	{ "duration", "ms that a rate is measured for (40)",
	  &perf_options.duration, 1, 60000, NULL },
	{ "period", "ms between harvests, or switches of the log, meanwhile (5)",
	  &perf_options.period, 1, 10000, NULL },
	{ "node", "NUMA node that the memslot's memory is bound to; needs --pin",
	  &perf_options.node, 0, 63, NULL },
};

/*
 * Several numbers with commas between them.
 *
 * @list, @nr:	where they go
 * @max_nr:	how many there may be
 * @min, @max:	of each
 */
static const struct option_list {
	const char *name;
	u64 *list;
	unsigned int *nr;
	unsigned int max_nr;
	u64 min, max;
	const char *help;
} lists[] = {
	{ "size", perf_options.sizes, &perf_options.nr_sizes, PERF_MAX_LIST,
	  1 << 20, 64ull << 30, "sizes of the memslot, as 8M,1G (8M)" },
	{ "stride", perf_options.strides, &perf_options.nr_strides, PERF_MAX_LIST,
	  1, 1 << 20, "one page in so many is dirtied (1,64)" },
	{ "pin", perf_options.cpus, &perf_options.nr_cpus, PERF_MAX_VCPUS + 1,
	  0, 4095, "CPU of the host's thread, then of each vCPU" },
};

static const char help[] =
	"Measures KVM's dirty logging; judges nothing (docs/performance.md).\n"
	"\n"
	"  --out FILE     append the results, as JSON Lines; default: to stdout\n"
	"  --icount       the machine's clock counts instructions\n"
	"  --env NAME=VALUE  more for the results' environment; may be repeated\n";

/* A number, and one letter for how much of it; -1 when it is none. */
static s64 perf_parse_number(const char **arg)
{
	static const char units[] = "KMG";
	const char *unit;
	char *end;
	u64 v;

	if (**arg < '0' || **arg > '9')
		return -1;
	errno = 0;
	v = strtoull(*arg, &end, 0);
	unit = *end ? strchr(units, *end) : NULL;
	if (unit) {
		v <<= 10 * (unit - units + 1);
		end++;
	}
	*arg = end;
	return errno || v > INT64_MAX ? -1 : (s64)v;
}

static void perf_take(const struct option_list *row, const char *arg)
{
	const char *at = arg;
	unsigned int n = 0;

	do {
		s64 v = perf_parse_number(&at);

		if (v < 0 || v < row->min || v > row->max || (*at && *at != ','))
			options_bad("--%s needs a number from %lu to %lu, not %s",
				    row->name, row->min, row->max, arg);
		if (n == row->max_nr)
			options_bad("--%s takes at most %u, not %s", row->name,
				    row->max_nr, arg);
		row->list[n++] = v;
	} while (*at++);
	*row->nr = n;
}

static void take_env(const char *arg)
{
	if (!strchr(arg, '=') || arg[0] == '=')
		options_bad("--env needs NAME=VALUE, not %s", arg);
	if (nr_extra == ARRAY_SIZE(extra))
		options_bad("more than %lu --env", ARRAY_SIZE(extra));
	extra[nr_extra++] = arg;
}

static void perf_print_help(void)
{
	unsigned int i;

	fputs(help, stdout);
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		printf("  --%-12s %s\n", lists[i].name, lists[i].help);
	puts("\nand of every program of the suite:\n");
}

/* True when @word is ours, with its value in @value or in the next word. */
static bool perf_take_word(const char *word, const char *value)
{
	unsigned int i;

	if (strcmp(word, "out") && strcmp(word, "env")) {
		for (i = 0; i < ARRAY_SIZE(lists); i++)
			if (!strcmp(word, lists[i].name))
				break;
		if (i == ARRAY_SIZE(lists))
			return false;
	}
	if (!value)
		options_bad("--%s needs a value", word);
	if (!strcmp(word, "out"))
		perf_options.out = value;
	else if (!strcmp(word, "env"))
		take_env(value);
	else
		perf_take(&lists[i], value);
	return true;
}

/* Returns how many words were ours. */
static int take_option(char **argv)
{
	char word[32];
	const char *name = argv[0] + 2, *eq = strchr(name, '=');

	if (!strcmp(name, "icount")) {
		perf_options.icount = true;
		return 1;
	}
	snprintf(word, sizeof(word), "%.*s", eq ? (int)(eq - name) : 31, name);
	if (!perf_take_word(word, eq ? eq + 1 : argv[1]))
		return 0;
	return eq ? 1 : 2;
}

/* What no other program has is taken out of the command line first. */
void perf_options_parse(int argc, char **argv)
{
	char **rest = calloc(argc + 1, sizeof(*rest));
	int i, n, kept = 1;

	TEST_ASSERT(rest, "out of memory");
	options.program = argv[0];
	rest[0] = argv[0];
	for (i = 1; i < argc; i += n) {
		n = strncmp(argv[i], "--", 2) ? 0 : take_option(&argv[i]);
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			perf_print_help();
		if (!n) {
			rest[kept++] = argv[i];
			n = 1;
		}
	}
	options_add(numbers, ARRAY_SIZE(numbers));
	options_parse(kept, rest);
	if (perf_options.nr_cpus && perf_options.nr_cpus <= perf_options.vcpus)
		options_bad("--pin needs %lu CPUs, one for the host's thread and one for each vCPU",
			    perf_options.vcpus + 1);
	if (perf_options.node != -1ull && !perf_options.nr_cpus)
		options_bad("--node needs --pin, to be near or far from it");
	environment_init(argc, argv, extra, nr_extra);
}
