// SPDX-License-Identifier: GPL-2.0-only
/* The command line every test program of the suite understands. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

struct options options = {
	.seed = 1,
	.shard = 1,
	.nr_shards = 1,
	.flip_page = -1,
};

enum { OPT_SEED = 256, OPT_TESTS, OPT_SHARD, OPT_STRICT, OPT_FLIP, OPT_LIST, OPT_PROBE };

static const struct option longopts[] = {
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "tests", required_argument, NULL, OPT_TESTS },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "debug-flip-page", required_argument, NULL, OPT_FLIP },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "probe", no_argument, NULL, OPT_PROBE },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static const char help[] =
	"Checks KVM's dirty log exactly against the pages a guest wrote.\n"
	"\n"
	"  --tests GLOB   run only the tests whose name matches; may be repeated\n"
	"                 ('basic.gmem.*', '*.first_read'; see --list)\n"
	"  --shard K/N    run the K-th of N parts of the tests; a test's part\n"
	"                 depends on its subject's and log mode's names alone\n"
	"  --seed N       draw all random choices from N (default 1)\n"
	"  --strict       allow no report but of writes (docs/contract.md)\n"
	"  --list         print the names of the tests\n"
	"  --probe        say whether KVM here can run a guest\n"
	"  --debug-flip-page N\n"
	"                 corrupt the log: flip page N in each test's first\n"
	"                 harvest, to see the checks fail\n"
	"  --help         this text\n"
	"\n"
	"KTAP on stdout.  Exit: 0 passed, 1 failed, 4 skipped, 2 bad options.\n";

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

static u64 parse_number(const char *name, const char *arg, u64 max)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(arg, &end, 0);
	if (errno || end == arg || *end || strchr(arg, '-') || v > max)
		bad("--%s needs a number from 0 to %llu, not %s", name,
		    (unsigned long long)max, arg);
	return v;
}

static void parse_shard(const char *arg)
{
	int end = 0;

	if (sscanf(arg, "%u/%u%n", &options.shard, &options.nr_shards, &end) != 2 ||
	    arg[end] || !options.shard || options.shard > options.nr_shards)
		bad("--shard needs K/N with K from 1 to N, not %s", arg);
}

static void take(int opt, const char *arg)
{
	switch (opt) {
	case OPT_SEED:
		options.seed = parse_number("seed", arg, UINT64_MAX);
		break;
	case OPT_TESTS:
		if (options.nr_globs == OPTIONS_MAX_GLOBS)
			bad("more than %d --tests", OPTIONS_MAX_GLOBS);
		options.globs[options.nr_globs++] = arg;
		break;
	case OPT_SHARD:
		parse_shard(arg);
		break;
	case OPT_STRICT:
		options.strict = true;
		break;
	case OPT_FLIP:
		options.flip_page = parse_number("debug-flip-page", arg, INT64_MAX);
		break;
	case OPT_LIST:
		options.list = true;
		break;
	case OPT_PROBE:
		options.probe = true;
		break;
	case 'h':
		printf("Usage: %s [options]\n%s", options.program, help);
		exit(0);
	}
}

void options_parse(int argc, char **argv)
{
	int opt;

	options.program = argv[0];
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		/* Of "-xy", getopt has not left the word when it meets x. */
		if (opt == '?' && optopt && optopt != 'h' && optopt < OPT_SEED)
			bad("unknown option -%c", optopt);
		if (opt == '?')
			bad("unknown option %s", argv[optind - 1]);
		if (opt == ':')
			bad("%s needs a value", argv[optind - 1]);
		take(opt, optarg);
	}
	if (optind < argc)
		bad("unexpected argument %s", argv[optind]);
}

/*
 * FNV-1a, without its poorest bits: the same on every machine and in every
 * version.
 */
static u32 hash_name(const char *name, size_t len)
{
	u32 hash = 2166136261u;

	while (len--)
		hash = (hash ^ (u8)*name++) * 16777619u;
	return hash >> 8;
}

/* By everything but the last part: tests of a variant stay together. */
static bool in_shard(const char *test)
{
	const char *dot = strrchr(test, '.');
	size_t len = dot ? dot - test : strlen(test);

	return hash_name(test, len) % options.nr_shards == options.shard - 1;
}

bool options_match(const char *test)
{
	int i;

	for (i = 0; i < options.nr_globs; i++)
		if (!fnmatch(options.globs[i], test, 0))
			return true;
	return !options.nr_globs;
}

bool options_select(const char *test)
{
	return in_shard(test) && options_match(test);
}

void options_replay(char *buf, unsigned int size, const char *test)
{
	int n = snprintf(buf, size, "%s --seed %#llx%s --tests %s",
			 options.program, (unsigned long long)options.seed,
			 options.strict ? " --strict" : "", test);

	if (options.flip_page >= 0 && n < size)
		snprintf(buf + n, size - n, " --debug-flip-page %lld",
			 (long long)options.flip_page);
}
