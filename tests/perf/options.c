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

/*
 * @list:	where numbers go; several, with commas between them, if @nr
 * @scale:	what a number without K, M or G counts
 * @min, @max:	of what is put there
 */
static const struct option_row {
	const char *name;
	u64 *list;
	unsigned int *nr;
	unsigned int max_nr;
	u64 min, max;
	const char *help;
} rows[] = {
	{ "samples", &perf_options.samples, NULL, 1, 1, 10000,
	  "how often each thing is measured (10)" },
	{ "warmup", &perf_options.warmup, NULL, 1, 0, 1000,
	  "how often it is done before that (2)" },
	{ "vcpus", &perf_options.vcpus, NULL, 1, 1, TESTVM_MAX_VCPUS,
	  "vCPUs that write (1)" },
	{ "size", perf_options.sizes, &perf_options.nr_sizes, PERF_MAX_LIST,
	  1 << 20, 64ull << 30, "sizes of the memslot, as 8M,1G (8M)" },
	{ "stride", perf_options.strides, &perf_options.nr_strides, PERF_MAX_LIST,
	  1, 1 << 20, "one page in so many is dirtied (1,64)" },
	{ "duration", &perf_options.duration, NULL, 1, 1, 60000,
	  "ms that a rate is measured for (40)" },
	{ "period", &perf_options.period, NULL, 1, 1, 10000,
	  "ms between harvests, or switches of the log, meanwhile (5)" },
	{ "node", &perf_options.node, NULL, 1, 0, 63,
	  "NUMA node that the memslot's memory is bound to; needs --pin" },
	{ "pin", perf_options.cpus, &perf_options.nr_cpus, TESTVM_MAX_VCPUS + 1,
	  0, 4095, "CPU of the host's thread, then of each vCPU" },
};

static const char help[] =
	"Measures KVM's dirty logging; judges nothing (docs/performance.md).\n"
	"\n"
	"  --out FILE     append the results, as JSON Lines; default: to stdout\n"
	"  --icount       the machine's clock counts instructions\n"
	"  --env NAME=VALUE  more for the results' environment; may be repeated\n";

__printf(1, 2) __noreturn
static void bad(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", options.program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see --help\n");
	exit(OPTIONS_EXIT_BAD);
}

/* A number, and one letter for how much of it; -1 when it is none. */
static s64 parse_number(const char **arg)
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

static void take(const struct option_row *row, const char *arg)
{
	const char *at = arg;
	unsigned int n = 0;

	do {
		s64 v = parse_number(&at);

		if (v < 0 || v < row->min || v > row->max || (*at && *at != ','))
			bad("--%s needs a number from %lu to %lu, not %s",
			    row->name, row->min, row->max, arg);
		if (n == row->max_nr)
			bad("--%s takes at most %u, not %s", row->name,
			    row->max_nr, arg);
		row->list[n++] = v;
	} while (*at++);
	if (row->nr)
		*row->nr = n;
}

static void take_env(const char *arg)
{
	if (!strchr(arg, '=') || arg[0] == '=')
		bad("--env needs NAME=VALUE, not %s", arg);
	if (nr_extra == ARRAY_SIZE(extra))
		bad("more than %lu --env", ARRAY_SIZE(extra));
	extra[nr_extra++] = arg;
}

static void print_help(void)
{
	unsigned int i;

	fputs(help, stdout);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		printf("  --%-12s %s\n", rows[i].name, rows[i].help);
	puts("\nand of every program of the suite:\n");
}

/* True when @word is ours, with its value in @value or in the next word. */
static bool take_word(const char *word, const char *value)
{
	unsigned int i;

	if (strcmp(word, "out") && strcmp(word, "env")) {
		for (i = 0; i < ARRAY_SIZE(rows); i++)
			if (!strcmp(word, rows[i].name))
				break;
		if (i == ARRAY_SIZE(rows))
			return false;
	}
	if (!value)
		bad("--%s needs a value", word);
	if (!strcmp(word, "out"))
		perf_options.out = value;
	else if (!strcmp(word, "env"))
		take_env(value);
	else
		take(&rows[i], value);
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
	if (!take_word(word, eq ? eq + 1 : argv[1]))
		return 0;
	return eq ? 1 : 2;
}

void perf_options_parse(int *argc, char **argv)
{
	char **all = calloc(*argc + 1, sizeof(*all));
	int i, n, kept = 1, nr = *argc;

	TEST_ASSERT(all, "out of memory");
	memcpy(all, argv, nr * sizeof(*all));
	options.program = argv[0];
	for (i = 1; i < nr; i += n) {
		n = strncmp(all[i], "--", 2) ? 0 : take_option(&all[i]);
		if (!strcmp(all[i], "--help") || !strcmp(all[i], "-h"))
			print_help();
		if (!n) {
			argv[kept++] = all[i];
			n = 1;
		}
	}
	argv[kept] = NULL;
	*argc = kept;
	if (perf_options.nr_cpus && perf_options.nr_cpus <= perf_options.vcpus)
		bad("--pin needs %lu CPUs, one for the host's thread and one for each vCPU",
		    perf_options.vcpus + 1);
	if (perf_options.node != -1ull && !perf_options.nr_cpus)
		bad("--node needs --pin, to be near or far from it");
	environment_init(nr, all, extra, nr_extra);
	free(all);
}
