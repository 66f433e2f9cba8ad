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
#include "skips.h"

struct options options = {
	.seed = 1,
	.shard = 1,
	.nr_shards = 1,
	.flip_page = -1,
};

enum {
	OPT_SEED = 256,
	OPT_TESTS,
	OPT_SHARD,
	OPT_REQUIRE,
	OPT_STRICT,
	OPT_NO_KNOWN,
	OPT_EMULATOR,
	OPT_GMEM_FLAGS,
	OPT_FLIP,
	OPT_CRASH,
	OPT_LIST,
	OPT_PROBE,
	OPT_MORE,
};

/* How many options every program has; others follow them in the table. */
#define NR_COMMON 12

static struct option longopts[] = {
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "tests", required_argument, NULL, OPT_TESTS },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "require", required_argument, NULL, OPT_REQUIRE },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "no-known", no_argument, NULL, OPT_NO_KNOWN },
	{ "emulator", required_argument, NULL, OPT_EMULATOR },
	{ "gmem-flags", required_argument, NULL, OPT_GMEM_FLAGS },
	{ "debug-flip-page", required_argument, NULL, OPT_FLIP },
	{ "debug-crash-guest", no_argument, NULL, OPT_CRASH },
	{ "list", no_argument, NULL, OPT_LIST },
	{ "probe", no_argument, NULL, OPT_PROBE },
	{ "help", no_argument, NULL, 'h' },
	[NR_COMMON + OPTIONS_MAX_MORE] = { },
};

static const struct option_more *more;
static unsigned int nr_more;
static u64 more_default[OPTIONS_MAX_MORE];

/* With a place for the words of --require. */
static const char help[] =
	"Checks KVM's dirty log exactly against the pages a guest wrote.\n"
	"\n"
	"  --tests GLOB   run only the tests whose name matches; may be repeated\n"
	"                 ('basic.gmem.*', '*.first_read'; see --list)\n"
	"  --shard K/N    run the K-th of N parts of the tests; a test's part\n"
	"                 depends on its subject's and log mode's names alone\n"
	"  --require WORD what a test is skipped for is a failure, if it is this; may be\n"
	"                 repeated; one of\n"
	"%s\n"
	"  --seed N       draw all random choices from N (default 1)\n"
	"  --strict       allow no report but of writes (docs/contract.md)\n"
	"  --no-known     what is known of released kernels (docs/findings.md) is a\n"
	"                 failure all the same\n"
	"  --emulator bochs\n"
	"                 this is no real machine: leave out what that one gets wrong\n"
	"  --gmem-flags N create subject gmem_huge's guest_memfd with these flags\n"
	"                 of KVM_CREATE_GUEST_MEMFD, which give it huge pages\n"
	"  --list         print the names of the tests\n"
	"  --probe        say whether KVM here can run a guest\n"
	"  --debug-flip-page N\n"
	"                 corrupt the log: flip page N in each test's first\n"
	"                 harvest, to see the checks fail\n"
	"  --debug-crash-guest\n"
	"                 have each guest jump to nowhere, with nothing on x86\n"
	"                 to catch it: a triple fault\n"
	"  --help         this text\n";

static const char help_end[] =
	"\n"
	"KTAP on stdout.  Exit: 0 passed, 1 failed, 4 skipped, 2 bad options.\n";

void options_bad(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", options.program);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see --help\n");
	exit(OPTIONS_EXIT_BAD);
}

static u64 parse_number(const char *name, const char *arg, u64 min, u64 max)
{
	unsigned long long v;
	char *end;

	errno = 0;
	v = strtoull(arg, &end, 0);
	if (errno || end == arg || *end || strchr(arg, '-') || v < min || v > max)
		options_bad("--%s needs a number from %llu to %llu, not %s", name,
			    (unsigned long long)min, (unsigned long long)max, arg);
	return v;
}

static void parse_shard(const char *arg)
{
	int end = 0;

	if (sscanf(arg, "%u/%u%n", &options.shard, &options.nr_shards, &end) != 2 ||
	    arg[end] || !options.shard || options.shard > options.nr_shards)
		options_bad("--shard needs K/N with K from 1 to N, not %s", arg);
}

void options_add(const struct option_more *table, unsigned int nr)
{
	unsigned int i;

	more = table;
	nr_more = nr;
	for (i = 0; i < nr; i++) {
		more_default[i] = table[i].value ? *table[i].value : 0;
		longopts[NR_COMMON + i] = (struct option) {
			table[i].name, table[i].flag ? no_argument : required_argument,
			NULL, OPT_MORE + i
		};
	}
}

static void take_require(const char *word)
{
	char words[512];

	skip_words(words, sizeof(words));
	if (!skip_is_word(word))
		options_bad("--require does not know %s; there are: %s", word, words);
	if (options.nr_require == OPTIONS_MAX_REQUIRE)
		options_bad("more than %d --require", OPTIONS_MAX_REQUIRE);
	options.require[options.nr_require++] = word;
}

static void take_word(const struct option_more *m, const char *arg)
{
	int i;

	for (i = 0; m->words[i]; i++) {
		if (!strcmp(m->words[i], arg)) {
			*m->value |= 1ull << i;
			return;
		}
	}
	options_bad("--%s does not know %s", m->name, arg);
}

/* A number, and one letter for how much of it; -1 when it is none. */
static s64 parse_size(const char **arg)
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

static void take_list(const struct option_more *m, const char *arg)
{
	const char *at = arg;
	unsigned int n = 0;

	do {
		s64 v = parse_size(&at);

		if (v < 0 || v < (s64)m->min || v > (s64)m->max || (*at && *at != ','))
			options_bad("--%s needs numbers from %llu to %llu, not %s", m->name,
				    (unsigned long long)m->min,
				    (unsigned long long)m->max, arg);
		if (n == m->max_nr)
			options_bad("--%s takes at most %u, not %s", m->name, m->max_nr, arg);
		m->list[n++] = v;
	} while (*at++);
	*m->nr = n;
}

static void take_more(const struct option_more *m, const char *arg)
{
	if (m->words)
		take_word(m, arg);
	else if (m->list)
		take_list(m, arg);
	else if (m->flag)
		*m->flag = true;
	else if (m->take)
		m->take(arg);
	else
		*m->value = parse_number(m->name, arg, m->min, m->max);
}

static const char *name_of_value(const struct option_more *m)
{
	if (m->words)
		return " WORD";
	if (m->list)
		return " N,...";
	if (m->flag)
		return "";
	return m->take ? m->arg : " N";
}

/* As many words to a line as its width allows. */
static void wrap_words(char *buf, size_t size)
{
	char words[512], *word, *rest;
	size_t n = 0, column = 0;

	skip_words(words, sizeof(words));
	for (word = strtok_r(words, " ", &rest); word && n < size;
	     word = strtok_r(NULL, " ", &rest)) {
		if (column && column + strlen(word) < 60) {
			column += 1 + strlen(word);
			n += snprintf(buf + n, size - n, " %s", word);
			continue;
		}
		n += snprintf(buf + n, size - n, "%s%17s%s", column ? "\n" : "", "",
			      word);
		column = strlen(word);
	}
}

static void print_help(void)
{
	unsigned int i, j;
	char words[1024];

	wrap_words(words, sizeof(words));
	printf("Usage: %s [options]\n", options.program);
	printf(help, words);
	for (i = 0; i < nr_more; i++) {
		printf("  --%s%s\n                 %s\n", more[i].name,
		       name_of_value(&more[i]), more[i].help);
		for (j = 0; more[i].words && more[i].words[j]; j++)
			printf("%s%s", j ? ", " : "                 one of ", more[i].words[j]);
		if (more[i].words)
			puts("");
	}
	fputs(help_end, stdout);
}

static void take(int opt, const char *arg)
{
	if (opt >= OPT_MORE) {
		take_more(&more[opt - OPT_MORE], arg);
		return;
	}
	switch (opt) {
	case OPT_SEED:
		options.seed = parse_number("seed", arg, 0, UINT64_MAX);
		break;
	case OPT_TESTS:
		if (options.nr_globs == OPTIONS_MAX_GLOBS)
			options_bad("more than %d --tests", OPTIONS_MAX_GLOBS);
		options.globs[options.nr_globs++] = arg;
		break;
	case OPT_SHARD:
		parse_shard(arg);
		break;
	case OPT_REQUIRE:
		take_require(arg);
		break;
	case OPT_STRICT:
		options.strict = true;
		break;
	case OPT_NO_KNOWN:
		options.no_known = true;
		break;
	case OPT_EMULATOR:
		if (strcmp(arg, "bochs"))
			options_bad("--emulator knows bochs, not %s", arg);
		options.bochs = true;
		break;
	case OPT_GMEM_FLAGS:
		options.gmem_flags = parse_number("gmem-flags", arg, 1, UINT64_MAX);
		break;
	case OPT_FLIP:
		options.flip_page = parse_number("debug-flip-page", arg, 0, INT64_MAX);
		break;
	case OPT_CRASH:
		options.crash_guest = true;
		break;
	case OPT_LIST:
		options.list = true;
		break;
	case OPT_PROBE:
		options.probe = true;
		break;
	case 'h':
		print_help();
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
			options_bad("unknown option -%c", optopt);
		if (opt == '?')
			options_bad("unknown option %s", argv[optind - 1]);
		if (opt == ':')
			options_bad("%s needs a value", argv[optind - 1]);
		take(opt, optarg);
	}
	if (optind < argc)
		options_bad("unexpected argument %s", argv[optind]);
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

bool options_require(const char *word)
{
	int i;

	for (i = 0; i < options.nr_require; i++)
		if (!strcmp(options.require[i], word))
			return true;
	return false;
}

/* What differs from the defaults. */
static void replay_more(char *buf, unsigned int size, unsigned int n)
{
	unsigned int i, j;

	for (i = 0; i < nr_more && n < size; i++) {
		const struct option_more *m = &more[i];

		if (m->value && !m->words && *m->value != more_default[i])
			n += snprintf(buf + n, size - n, " --%s %llu", m->name,
				      (unsigned long long)*m->value);
		for (j = 0; m->words && m->words[j] && n < size; j++)
			if (*m->value & 1ull << j)
				n += snprintf(buf + n, size - n, " --%s %s",
					      m->name, m->words[j]);
	}
}

void options_replay(char *buf, unsigned int size, const char *test)
{
	int n = snprintf(buf, size, "%s --seed %#llx%s%s%s --tests %s",
			 options.program, (unsigned long long)options.seed,
			 options.strict ? " --strict" : "",
			 options.no_known ? " --no-known" : "",
			 options.bochs ? " --emulator bochs" : "", test);

	if (options.missed && n < size)
		n += snprintf(buf + n, size - n, " --require %s", options.missed);
	if (options.flip_page >= 0 && n < size)
		n += snprintf(buf + n, size - n, " --debug-flip-page %lld",
			      (long long)options.flip_page);
	if (options.crash_guest && n < size)
		n += snprintf(buf + n, size - n, " --debug-crash-guest");
	if (options.gmem_flags && n < size)
		n += snprintf(buf + n, size - n, " --gmem-flags %#llx",
			      (unsigned long long)options.gmem_flags);
	replay_more(buf, size, n);
}
