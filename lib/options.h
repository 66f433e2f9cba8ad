/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line every test program of the suite understands. */
#ifndef SUITE_OPTIONS_H
#define SUITE_OPTIONS_H

#include "types.h"

#define OPTIONS_MAX_GLOBS 64
#define OPTIONS_MAX_REQUIRE 64
/* Exit status for a command line that cannot be meant. */
#define OPTIONS_EXIT_BAD 2

/*
 * @program:	argv[0], for replay lines
 * @seed:	what every random choice is drawn from
 * @globs:	run only tests whose dotted name matches one; all when empty
 * @shard, @nr_shards: run the @shard-th of @nr_shards parts, counted from 1
 * @require:	words of lib/skips.c: a skip for a reason of theirs is a failure
 * @missed:	which of them the running test failed for, or NULL
 * @strict:	no allowances: only writes may be reported
 * @no_known:	known failures are failures
 * @bochs:	the CPU is Bochs's, with its mistakes (docs/lab.md): they are left out
 * @gmem_flags: what subject gmem_huge creates its guest_memfd with, or 0 for
 *		the flags of ci/kernel's candidate-huge
 * @flip_page:	flip this page in the first harvest of every test, or -1
 * @crash_guest: have each guest jump to nowhere instead of doing anything
 * @list:	print the names of the tests and exit
 * @probe:	say whether this machine's KVM can run a guest and exit
 */
struct options {
	const char *program;
	u64 seed;
	const char *globs[OPTIONS_MAX_GLOBS];
	int nr_globs;
	u32 shard, nr_shards;
	const char *require[OPTIONS_MAX_REQUIRE];
	int nr_require;
	const char *missed;
	bool strict, no_known, bochs;
	u64 gmem_flags;
	s64 flip_page;
	bool crash_guest;
	bool list;
	bool probe;
};

extern struct options options;

/*
 * An option that only one program has: a number, or by what is not NULL something else.
 *
 * @name:	without the dashes
 * @help:	one line
 * @value:	the number; what it holds beforehand is the default
 * @min, @max:	what it may be, and each of @list
 * @words:	the words it may be, ended by NULL; may be given repeatedly and sets bit
 *		i of @value for the i-th word
 * @list, @nr, @max_nr: up to so many numbers with commas between them, each perhaps with
 *		K, M or G behind it
 * @flag:	it has no value
 * @take:	any text; @arg names it in the help
 *
 * Of these numbers and words alone are part of what replays a test.
 */
struct option_more {
	const char *name;
	const char *help;
	u64 *value;
	u64 min, max;
	const char *const *words;
	u64 *list;
	unsigned int *nr, max_nr;
	bool *flag;
	void (*take)(const char *text);
	const char *arg;
};

#define OPTIONS_MAX_MORE 16

/* To be called before options_parse(); @more, @nr of them, must stay. */
void options_add(const struct option_more *more, unsigned int nr);

/* One line about a command line that cannot be meant, and the end. */
void options_bad(const char *fmt, ...)
	__printf(1, 2) __noreturn;

/*
 * Read the command line into the global options.  Exits with status 0 after
 * --help and OPTIONS_EXIT_BAD after one line about what cannot be meant.
 */
void options_parse(int argc, char **argv);

/* True when the test of this dotted name matches a glob, whatever its shard. */
bool options_match(const char *test);
/* True when the options select it: it matches and is in the shard. */
bool options_select(const char *test);

/* Is @word, of lib/skips.c, among what --require names? */
bool options_require(const char *word);

/* The command that runs @test again as it ran now, into @buf. */
void options_replay(char *buf, unsigned int size, const char *test);

#endif
