// SPDX-License-Identifier: GPL-2.0-only
/* options.c: command lines, the selection of tests and the replay command. */
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "options.h"
#include "unit.h"

#define PROGRAM "./gmem_dirty_basic"
#define MAX_ARGS 5

/* A command line behind the program's name, ended by NULL. */
struct line {
	const char *args[MAX_ARGS + 1];
};

/* A copy, as getopt_long() moves words about; to the byte, for the sanitizer. */
static void parse(const char * const *args)
{
	int argc = 1, n = 0;
	char **argv;

	while (args[n])
		n++;
	argv = calloc(n + 2, sizeof(*argv));
	argv[0] = PROGRAM;
	for (; *args; args++)
		argv[argc++] = (char *)*args;
	options_parse(argc, argv);
	free(argv);
}

static void parse_line(const void *line)
{
	parse(((const struct line *)line)->args);
}

static const char *text_of(const struct line *l)
{
	static char text[256];
	int i, n = 0;

	text[0] = 0;
	for (i = 0; l->args[i]; i++)
		n += snprintf(text + n, sizeof(text) - n, " '%s'", l->args[i]);
	return text;
}

/* --- command lines that cannot be meant ----------------------------------- */

/* @named: what the complaint must name */
static const struct bad_line {
	struct line line;
	const char *named;
} bad_lines[] = {
	{ { { "--bogus" } }, "--bogus" },
	{ { { "--require" } }, "--require" },
	{ { { "--require", "gmen" } }, "gmen" },
	{ { { "--require", "gmem toggle" } }, "gmem toggle" },
	{ { { "--require", "-" } }, "--require" },
	{ { { "--bogus=3" } }, "--bogus" },
	{ { { "-x" } }, "-x" },
	{ { { "-s", "3" } }, "-s" },
	{ { { "-xy" } }, "-x" },
	{ { { "--strict", "-xh" } }, "-x" },
	{ { { "--help=1" } }, "--help" },
	{ { { "--s", "3" } }, "--s" },
	{ { { "--strict=1" } }, "--strict" },
	{ { { "--list=all" } }, "--list" },
	{ { { "--debug-crash-guest=1" } }, "--debug-crash-guest" },
	{ { { "--seed" } }, "--seed" },
	{ { { "--strict", "--seed" } }, "--seed" },
	{ { { "--tests" } }, "--tests" },
	{ { { "--debug-flip-page" } }, "--debug-flip-page" },
	{ { { "--seed", "" } }, "--seed" },
	{ { { "--seed", "x" } }, "--seed" },
	{ { { "--seed", "12x" } }, "--seed" },
	{ { { "--seed", "0x" } }, "--seed" },
	{ { { "--seed", "1 2" } }, "--seed" },
	{ { { "--seed", "-1" } }, "--seed" },
	{ { { "--seed", " -1" } }, "--seed" },
	{ { { "--seed", "1.5" } }, "--seed" },
	{ { { "--seed", "18446744073709551616" } }, "--seed" },
	{ { { "--debug-flip-page", "-1" } }, "--debug-flip-page" },
	{ { { "--debug-flip-page", "9223372036854775808" } }, "--debug-flip-page" },
	{ { { "--emulator" } }, "--emulator" },
	{ { { "--emulator", "qemu" } }, "qemu" },
	{ { { "--gmem-flags" } }, "--gmem-flags" },
	{ { { "--gmem-flags", "0" } }, "--gmem-flags" },
	{ { { "--gmem-flags", "mmap" } }, "--gmem-flags" },
	{ { { "basic" } }, "basic" },
	{ { { "basic", "--strict" } }, "basic" },
	{ { { "--list", "--", "--strict" } }, "--strict" },
	{ { { "" } }, "unexpected argument" },
};

static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && end > text && !end[1];
}

static void test_bad_line(const struct bad_line *b)
{
	struct child c;

	child_run(&c, parse_line, &b->line);
	ok(c.status == OPTIONS_EXIT_BAD && is_one_line(c.err) && !c.out[0] &&
	   strstr(c.err, b->named), "refused, naming %s:%s", b->named,
	   text_of(&b->line));
}

static void parse_globs(const void *nr)
{
	const char *args[2 * OPTIONS_MAX_GLOBS + 3] = { };
	int i;

	for (i = 0; i < *(const int *)nr; i++) {
		args[2 * i] = "--tests";
		args[2 * i + 1] = "basic.*";
	}
	parse(args);
}

static void test_many_globs(void)
{
	int most = OPTIONS_MAX_GLOBS, more = OPTIONS_MAX_GLOBS + 1;
	struct child c;

	child_run(&c, parse_globs, &most);
	ok(!c.status && !c.err[0], "%d --tests", most);
	child_run(&c, parse_globs, &more);
	ok(c.status == OPTIONS_EXIT_BAD && is_one_line(c.err) &&
	   strstr(c.err, "--tests"), "%d --tests are refused", more);
}

/* --- command lines that can ----------------------------------------------- */

static const struct good_line {
	struct line line;
	struct options options;
} good_lines[] = {
	{ { { NULL } }, { .seed = 1, .flip_page = -1 } },
	{ { { "--seed", "7" } }, { .seed = 7, .flip_page = -1 } },
	{ { { "--seed=0x2a" } }, { .seed = 42, .flip_page = -1 } },
	{ { { "--seed", "0" } }, { .seed = 0, .flip_page = -1 } },
	{ { { "--seed", "18446744073709551615" } },
	  { .seed = UINT64_MAX, .flip_page = -1 } },
	{ { { "--seed", "3", "--seed", "4" } }, { .seed = 4, .flip_page = -1 } },
	{ { { "--strict" } }, { .seed = 1, .flip_page = -1, .strict = true } },
	{ { { "--emulator", "bochs" } }, { .seed = 1, .flip_page = -1, .bochs = true } },
	{ { { "--no-known" } }, { .seed = 1, .flip_page = -1, .no_known = true } },
	{ { { "--list" } }, { .seed = 1, .flip_page = -1, .list = true } },
	{ { { "--probe" } }, { .seed = 1, .flip_page = -1, .probe = true } },
	{ { { "--debug-flip-page", "0" } }, { .seed = 1, .flip_page = 0 } },
	{ { { "--debug-crash-guest" } },
	  { .seed = 1, .flip_page = -1, .crash_guest = true } },
	{ { { "--debug-flip-page", "9223372036854775807" } },
	  { .seed = 1, .flip_page = INT64_MAX } },
	{ { { "--gmem-flags", "0x10000000003" } },
	  { .seed = 1, .flip_page = -1, .gmem_flags = 0x10000000003 } },
	{ { { "--tests", "a*", "--tests", "--list" } },
	  { .seed = 1, .flip_page = -1, .nr_globs = 2, .globs = { "a*", "--list" } } },
	{ { { "--strict", "--tests=b", "--seed", "9" } },
	  { .seed = 9, .flip_page = -1, .strict = true, .nr_globs = 1,
	    .globs = { "b" } } },
	{ { { "--" } }, { .seed = 1, .flip_page = -1 } },
};

static bool same_globs(const struct options *o)
{
	int i;

	for (i = 0; i < o->nr_globs; i++)
		if (strcmp(options.globs[i], o->globs[i]))
			return false;
	return true;
}

static bool same_options(const struct options *o)
{
	return !strcmp(options.program, PROGRAM) && options.seed == o->seed &&
	       options.strict == o->strict && options.bochs == o->bochs &&
	       options.no_known == o->no_known && options.flip_page == o->flip_page &&
	       options.crash_guest == o->crash_guest &&
	       options.gmem_flags == o->gmem_flags &&
	       options.list == o->list && options.probe == o->probe &&
	       options.nr_globs == o->nr_globs && same_globs(o);
}

static void parse_good(const void *arg)
{
	const struct good_line *g = arg;

	parse(g->line.args);
	if (!same_options(&g->options))
		_exit(1);
}

static void test_good_line(const struct good_line *g)
{
	struct child c;

	child_run(&c, parse_good, g);
	ok(!c.status && !c.out[0] && !c.err[0], "understood:%s",
	   text_of(&g->line));
}

/* Everything that can be asked for stands in the help. */
static const char * const helped[] = {
	"Usage: " PROGRAM, "--tests", "--seed", "--strict", "--list", "--probe",
	"--gmem-flags", "--debug-flip-page", "--debug-crash-guest", "--help",
};

static void test_help(const struct line *l)
{
	struct child c;
	bool good;
	size_t i;

	child_run(&c, parse_line, l);
	good = !c.status && !c.err[0];
	for (i = 0; i < ARRAY_SIZE(helped); i++)
		good &= !!strstr(c.out, helped[i]);
	ok(good, "help on stdout:%s", text_of(l));
}

/* --- selection ------------------------------------------------------------ */

static const struct select_case {
	const char *globs[3];
	const char *test;
	bool selected;
} select_cases[] = {
	{ { }, "basic.gmem.ring.tail_word", true },
	{ { "basic.gmem.ring.tail_word" }, "basic.gmem.ring.tail_word", true },
	{ { "basic.gmem.ring.tail" }, "basic.gmem.ring.tail_word", false },
	{ { "gmem.ring.tail_word" }, "basic.gmem.ring.tail_word", false },
	{ { "*" }, "basic.gmem.ring.tail_word", true },
	{ { "basic.*" }, "basic.gmem.ring.tail_word", true },
	{ { "*.tail_word" }, "basic.gmem.ring.tail_word", true },
	{ { "basic.gmem.*" }, "basic.gmem_alias.ring.tail_word", false },
	{ { "basic.gmem*" }, "basic.gmem_alias.ring.tail_word", true },
	{ { "*.r?ng.*" }, "basic.gmem.ring.tail_word", true },
	{ { "*.[cr]*.tail_word" }, "basic.gmem.ring.tail_word", true },
	{ { "*.ring.*" }, "basic.gmem.ring+bitmap.tail_word", false },
	{ { "stress.*", "basic.*" }, "basic.gmem.ring.tail_word", true },
	{ { "stress.*", "perf.*" }, "basic.gmem.ring.tail_word", false },
	{ { "BASIC.*" }, "basic.gmem.ring.tail_word", false },
	{ { "" }, "basic.gmem.ring.tail_word", false },
};

static void test_select(const struct select_case *s)
{
	int n = 0;

	for (; s->globs[n]; n++)
		options.globs[n] = s->globs[n];
	options.nr_globs = n;
	ok(options_select(s->test) == s->selected, "'%s'%s %s %s",
	   s->globs[0] ?: "", n > 1 ? " and another" : "",
	   s->selected ? "selects" : "does not select", s->test);
	options.nr_globs = 0;
}

/* --- replay --------------------------------------------------------------- */

static const struct replay_case {
	struct options options;
	const char *text;
} replay_cases[] = {
	{ { .seed = 1, .flip_page = -1 }, PROGRAM " --seed 0x1 --tests a.b" },
	{ { .seed = UINT64_MAX, .flip_page = -1 },
	  PROGRAM " --seed 0xffffffffffffffff --tests a.b" },
	{ { .seed = 0, .flip_page = -1 }, PROGRAM " --seed 0 --tests a.b" },
	{ { .seed = 26, .flip_page = -1, .strict = true },
	  PROGRAM " --seed 0x1a --strict --tests a.b" },
	{ { .seed = 1, .flip_page = -1, .no_known = true, .bochs = true },
	  PROGRAM " --seed 0x1 --no-known --emulator bochs --tests a.b" },
	{ { .seed = 1, .flip_page = 0 },
	  PROGRAM " --seed 0x1 --tests a.b --debug-flip-page 0" },
	{ { .seed = 1, .flip_page = INT64_MAX, .strict = true },
	  PROGRAM " --seed 0x1 --strict --tests a.b --debug-flip-page 9223372036854775807" },
	{ { .seed = 1, .flip_page = -1, .gmem_flags = 7 },
	  PROGRAM " --seed 0x1 --tests a.b --gmem-flags 0x7" },
	{ { .seed = 1, .flip_page = -1, .nr_require = 2, .require = { "gmem", "ring" },
	    .missed = "ring" },
	  PROGRAM " --seed 0x1 --tests a.b --require ring" },
	/* What was selected, or asked for besides, is not part of one test's replay. */
	{ { .seed = 1, .flip_page = -1, .nr_globs = 1, .globs = { "*" }, .list = true },
	  PROGRAM " --seed 0x1 --tests a.b" },
};

static bool replays(const char *text, size_t size)
{
	char *buf = malloc(size);
	bool good;

	options_replay(buf, size, "a.b");
	good = strlen(buf) == (strlen(text) < size ? strlen(text) : size - 1) &&
	       !strncmp(buf, text, strlen(buf));
	free(buf);
	return good;
}

/* Sizes that cut the text anywhere: the sanitizer sees a byte too far. */
static void test_replay(const struct replay_case *r)
{
	size_t size;
	bool good = true;

	options = r->options;
	options.program = PROGRAM;
	ok(replays(r->text, 512), "replay: %s", r->text);
	for (size = 1; size <= strlen(r->text) + 1; size++)
		good &= replays(r->text, size);
	ok(good, "replay in any size of buffer: %s", r->text);
}

/* The replay, given back to the program, means the same. */
static void parse_replay(const void *arg)
{
	struct options expected = *(const struct options *)arg;
	const char *args[16] = { };
	char text[512];
	int i;

	options = expected;
	options.program = PROGRAM;
	options_replay(text, sizeof(text), "a.b");
	expected.nr_globs = 1;
	expected.globs[0] = "a.b";
	args[0] = strtok(text, " ");
	for (i = 0; args[i]; i++)
		args[i + 1] = strtok(NULL, " ");
	options = (struct options) { .seed = 1, .flip_page = -1 };
	parse(args + 1);
	if (!same_options(&expected))
		_exit(1);
}

static void test_round_trip(const struct options *o)
{
	struct child c;

	child_run(&c, parse_replay, o);
	ok(!c.status, "replay is understood: seed %#llx, flip %lld%s",
	   (unsigned long long)o->seed, (long long)o->flip_page,
	   o->strict ? ", strict" : "");
}

static const struct options round_trips[] = {
	{ .seed = 1, .flip_page = -1 },
	{ .seed = UINT64_MAX, .flip_page = INT64_MAX, .strict = true },
	{ .seed = 0, .flip_page = 0 },
	{ .seed = 1, .flip_page = -1, .gmem_flags = UINT64_MAX },
	{ .seed = 1, .flip_page = -1, .crash_guest = true },
};

static const struct line helps[] = {
	{ { "--help" } }, { { "-h" } }, { { "--strict", "--help", "--bogus" } },
};

/* --- options that one program has ------------------------------------------- */

static u64 own_number = 5, own_words, own_sizes[3] = { 7 };
static unsigned int own_nr_sizes = 1;
static bool own_flag;
static const char *own_text;
static const char *const own_list[] = { "one", "two", "three", NULL };

static void take_text(const char *text)
{
	own_text = text;
}

static const struct option_more own[] = {
	{ .name = "number", .help = "a number", .value = &own_number, .min = 2, .max = 9 },
	{ .name = "word", .help = "a word", .value = &own_words, .words = own_list },
	{ .name = "sizes", .help = "sizes", .list = own_sizes, .nr = &own_nr_sizes,
	  .max_nr = ARRAY_SIZE(own_sizes), .min = 2, .max = 8ull << 30 },
	{ .name = "flag", .help = "a flag", .flag = &own_flag },
	{ .name = "text", .help = "a text", .take = take_text, .arg = " TEXT" },
};

static const struct bad_line own_bad[] = {
	{ { { "--number", "1" } }, "--number" },
	{ { { "--number", "10" } }, "--number" },
	{ { { "--number" } }, "--number" },
	{ { { "--word", "four" } }, "--word" },
	{ { { "--word", "" } }, "--word" },
	{ { { "--sizes" } }, "--sizes" },
	{ { { "--sizes", "" } }, "--sizes" },
	{ { { "--sizes", "1" } }, "--sizes" },
	{ { { "--sizes", "9G" } }, "--sizes" },
	{ { { "--sizes", "2," } }, "--sizes" },
	{ { { "--sizes", "2;3" } }, "--sizes" },
	{ { { "--sizes", "2KK" } }, "--sizes" },
	{ { { "--sizes", "-2" } }, "--sizes" },
	{ { { "--sizes", "2,3,4,5" } }, "--sizes" },
	{ { { "--flag=1" } }, "--flag" },
	{ { { "--text" } }, "--text" },
};

static void parse_own(void)
{
	static const char * const args[] = {
		"--word", "three", "--number", "9", "--word", "one", NULL
	};

	parse(args);
}

static void test_own_lists(void)
{
	static const char * const args[] = {
		"--text", "a b", "--sizes", "2,3K,8G", "--flag", NULL
	};

	optind = 0;
	parse(args);
	ok(own_nr_sizes == 3 && own_sizes[0] == 2 && own_sizes[1] == 3072 &&
	   own_sizes[2] == 8ull << 30, "numbers with units");
	ok(own_flag && !strcmp(own_text, "a b"), "a flag, and a text");
}

static void test_own(void)
{
	char buf[256];
	size_t i;

	options_add(own, ARRAY_SIZE(own));
	for (i = 0; i < ARRAY_SIZE(own_bad); i++)
		test_bad_line(&own_bad[i]);
	options.program = "own";
	options_replay(buf, sizeof(buf), "a.b");
	ok(!strstr(buf, "--number") && !strstr(buf, "--word"), "defaults are not replayed");
	parse_own();
	ok(own_number == 9 && own_words == 5, "a number and two words");
	options_replay(buf, sizeof(buf), "a.b");
	ok(strstr(buf, " --number 9 --word one --word three"), "and the replay: %s", buf);
}

/* --- what is required ------------------------------------------------------ */

static const char * const require[] = { "--require", "ring", "--require=gmem", NULL };

/* @word: NULL asks before anything is required */
static void parse_require(const void *word)
{
	options = (struct options) { .seed = 1 };
	if (word)
		parse(require);
	_exit(options_require(word ?: "ring"));
}

static void test_require(void)
{
	static const struct {
		const char *word;
		bool required;
	} words[] = {
		{ NULL, false }, { "ring", true }, { "gmem", true },
		{ "toggle", false }, { "ring_small", false }, { "rin", false },
	};
	struct child c;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		child_run(&c, parse_require, words[i].word);
		ok(c.status == words[i].required, "%s: %srequired",
		   words[i].word ? words[i].word : "by default",
		   words[i].required ? "" : "not ");
	}
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad_lines); i++)
		test_bad_line(&bad_lines[i]);
	test_many_globs();
	for (i = 0; i < ARRAY_SIZE(good_lines); i++)
		test_good_line(&good_lines[i]);
	for (i = 0; i < ARRAY_SIZE(helps); i++)
		test_help(&helps[i]);
	for (i = 0; i < ARRAY_SIZE(select_cases); i++)
		test_select(&select_cases[i]);
	for (i = 0; i < ARRAY_SIZE(replay_cases); i++)
		test_replay(&replay_cases[i]);
	for (i = 0; i < ARRAY_SIZE(round_trips); i++)
		test_round_trip(&round_trips[i]);
	test_require();
	test_own();
	test_own_lists();
	return unit_end();
}
