// SPDX-License-Identifier: GPL-2.0-only
/* report.c: the text of a failure, its limits, and the ways a test can end. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "options.h"
#include "report.h"
#include "unit.h"

#define TEST "basic.gmem.ring.tail_word"
#define REPLAY " replay=\"./prog --seed 0x2a --tests " TEST "\""
#define DETAIL "\n#    "

/* As large as the kselftest harness' own. */
#define REASON_SIZE 1024

/*
 * Shared, as the harness' results are: the parent reads what a test left that
 * ended.  It stands before a page that cannot be touched.
 */
static char *reason;

static void begin(size_t size)
{
	long page = sysconf(_SC_PAGESIZE);
	static char *end;

	if (!end) {
		end = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (end == MAP_FAILED || mprotect(end + page, page, PROT_NONE))
			exit(1);
		end += page;
	}
	reason = end - size;
	memset(reason, 'x', size);
	report_begin(TEST, reason, size, NULL, NULL);
}

static bool says(const char *text)
{
	return !strcmp(reason, text);
}

static unsigned int count(const char *part)
{
	const char *at = reason;
	unsigned int n = 0;

	while ((at = strstr(at, part))) {
		at += strlen(part);
		n++;
	}
	return n;
}

/* --- the text ------------------------------------------------------------- */

static void test_begin(void)
{
	begin(REASON_SIZE);
	ok(says("") && !report_failures(), "a test begins without a failure");
	ok(!strcmp(report_test(), TEST), "the name of the test");
	report_fail("lost page=%d", 1);
	begin(REASON_SIZE);
	ok(says("") && !report_failures(), "and so does the next");
	report_fail("lost page=%d", 2);
	ok(says("lost page=2" REPLAY), "whose first failure is the first");
}

static void test_fail(void)
{
	begin(REASON_SIZE);
	report_fail("lost page=%d vcpu=%s", 3, "1");
	ok(report_failures() == 1 && says("lost page=3 vcpu=1" REPLAY),
	   "the first failure, with its replay");
	report_detail("lost page=%d", 4);
	ok(says("lost page=3 vcpu=1" REPLAY DETAIL "lost page=4"),
	   "a detail on its own line");
	report_fail("lost page=%d", 5);
	ok(says("lost page=3 vcpu=1" REPLAY DETAIL "lost page=4" DETAIL "lost page=5"),
	   "the second failure is a detail of the first");
	ok(count("replay=") == 1, "one replay");
}

static void test_at(void)
{
	begin(REASON_SIZE);
	report_at("tests/x.c", 7);
	report_fail("lost page=%d", 3);
	report_at("tests/x.c", 9);
	report_fail("lost page=%d", 4);
	ok(says("lost page=3 at=tests/x.c:7" REPLAY DETAIL "lost page=4"),
	   "the first failure has the place of its check");
	begin(REASON_SIZE);
	report_fail("lost page=%d", 3);
	ok(says("lost page=3" REPLAY), "and no other test has");
}

static void test_note(void)
{
	begin(REASON_SIZE);
	report_note("found %d", 1);
	ok(says("found 1") && !report_failures(), "a note is no failure");
	report_note("found %d", 2);
	ok(says("found 2"), "the last note stands");
	report_fail("lost");
	ok(says("lost" REPLAY), "a failure takes the place of a note");
	report_note("found %d", 3);
	ok(says("lost" REPLAY), "a note does not take a failure's");
}

static bool is_known(const char *failure)
{
	return !strncmp(failure, "known ", 6);
}

static void test_known(void)
{
	begin(REASON_SIZE);
	report_begin(TEST, reason, REASON_SIZE, is_known, NULL);
	report_fail("known %d", 1);
	ok(says("") && !report_failures(), "a known failure is none");
	report_fail("lost");
	report_fail("known %d", 2);
	ok(says("lost" REPLAY) && report_failures() == 1,
	   "nor beside another, which is the first that is told");
	begin(REASON_SIZE);
	report_note("note");
	report_known("known=some-finding");
	ok(says("known=some-finding" REPLAY), "nothing but known failures");
}

static void test_max_lines(void)
{
	int i;

	begin(REASON_SIZE);
	report_fail("a");
	for (i = 0; i < REPORT_MAX_LINES; i++)
		report_detail("%d", i);
	ok(count(DETAIL) == REPORT_MAX_LINES && count("\n") == REPORT_MAX_LINES,
	   "%d details", REPORT_MAX_LINES);
	for (i = 0; i < REPORT_MAX_LINES; i++) {
		report_detail("more");
		report_fail("more");
	}
	ok(count("\n") == REPORT_MAX_LINES && !count("more"),
	   "further ones are dropped");
}

/* --- the buffer ----------------------------------------------------------- */

static const char long_text[] =
	"lost page=1234 gfn=0x1004d2 slot=32766 offset=0x4d2 op=4711:store_u64 vcpu=3";

/* Every call that adds text, on a buffer of any size; a byte too far is a fault. */
static bool fill(size_t size)
{
	int i;

	begin(size);
	report_note("%s", long_text);
	for (i = 0; i < 2 * REPORT_MAX_LINES; i++) {
		report_fail("%s", long_text);
		report_detail("%s", long_text);
	}
	report_known(long_text);
	return strnlen(reason, size) < size && count("\n") <= REPORT_MAX_LINES;
}

/* Whatever is listed below a failure names the page that was meant. */
static bool whole_lines(size_t size)
{
	unsigned int n;
	int i;

	begin(size);
	report_fail("a");
	for (i = 0; i < REPORT_MAX_LINES; i++)
		report_detail("lost page=%d", 1234567);
	n = count(DETAIL "lost page=1234567");
	return n == count("\n") && (n == REPORT_MAX_LINES || size < 512);
}

static void test_whole_lines(void)
{
	size_t size;
	bool good = true;

	for (size = 1; size <= REASON_SIZE; size++)
		good &= whole_lines(size);
	ok(good, "details are whole or not there");
}

static void test_buffer(void)
{
	size_t size;
	bool good = true;

	ok(fill(REASON_SIZE), "a full buffer");
	for (size = 1; size <= 512; size++)
		good &= fill(size);
	ok(good, "buffers of 1 to 512 bytes");
}

/* --- the end -------------------------------------------------------------- */

static void end_fatal(const void *unused)
{
	report_fatal("ioctl failed errno=%d", 22);
}

static void end_fatal_later(const void *unused)
{
	report_fail("lost page=1");
	report_fatal("ioctl failed errno=%d", 22);
}

static void end_guarded(const void *status)
{
	report_guard_exit();
	exit(*(const int *)status);
}

static void end_guarded_failed(const void *status)
{
	report_fail("lost page=1");
	end_guarded(status);
}

static void end_fatal_guarded(const void *unused)
{
	report_guard_exit();
	report_fatal("ioctl failed errno=%d", 22);
}

#define REFUSED "kernel refuses dirty logging of guest_memfd"

static void end_skip(const void *unused)
{
	report_note("a note");
	report_skip(REFUSED);
}

static void end_skip_failed(const void *unused)
{
	report_fail("lost page=1");
	report_skip(REFUSED);
}

static int find_late(void)
{
	report_fail("kernel log: WARNING: late");
	return 1;
}

/* The verdict finds what the test did not. */
static void end_skip_verdict(const void *unused)
{
	report_begin(TEST, reason, REASON_SIZE, NULL, find_late);
	report_skip(REFUSED);
}

static int find_known(void)
{
	report_known("known=some-finding pages=1");
	return 2;
}

static void end_skip_known(const void *unused)
{
	report_begin(TEST, reason, REASON_SIZE, is_known, find_known);
	report_fail("known 1");
	report_skip(REFUSED);
}

static void end_skip_unknown(const void *unused)
{
	report_skip("the moon is full");
}

static void end_skip_required(const void *unused)
{
	options.require[options.nr_require++] = "gmem";
	report_skip(REFUSED);
}

static void end_skip_other_required(const void *unused)
{
	options.require[options.nr_require++] = "toggle";
	report_skip(REFUSED);
}

static void end_lacks(const void *unused)
{
	report_lacks("no AVX-512");
	report_end();
}

static void end_lacks_required(const void *unused)
{
	options.require[options.nr_require++] = "cpu";
	end_lacks(NULL);
}

/* _exit() is how the harness itself ends a test. */
static void end_quietly(const void *status)
{
	report_guard_exit();
	_exit(*(const int *)status);
}

/*
 * @first:	how the reason begins, or NULL when nothing is to be said
 * @then:	a line below it, or NULL
 */
static const struct end_case {
	const char *name;
	void (*end)(const void *status);
	int status, expected;
	const char *first, *then;
} end_cases[] = {
	{ "fatal", end_fatal, 0, 1, "ioctl failed errno=22" REPLAY, NULL },
	{ "fatal after a failure", end_fatal_later, 0, 1, "lost page=1" REPLAY,
	  DETAIL "ioctl failed errno=22" },
	{ "fatal under guard", end_fatal_guarded, 0, 1,
	  "ioctl failed errno=22" REPLAY, NULL },
	{ "exit(4), libkvm's skip", end_guarded, 4, 1, "exit status=4 ", NULL },
	{ "exit(254), libkvm's failure", end_guarded, 254, 1, "exit status=254 ", NULL },
	{ "exit(0)", end_guarded, 0, 1, "exit status=0 ", NULL },
	{ "exit(4) after a failure", end_guarded_failed, 4, 1,
	  "lost page=1" REPLAY, DETAIL "exit status=4 " },
	{ "skip", end_skip, 0, 4, REFUSED, NULL },
	{ "skip after a failure", end_skip_failed, 0, 1, "lost page=1" REPLAY, NULL },
	{ "skip, and a splat", end_skip_verdict, 0, 1,
	  "kernel log: WARNING: late" REPLAY, NULL },
	{ "skip after a known failure", end_skip_known, 0, 2,
	  "known=some-finding pages=1" REPLAY, NULL },
	{ "skip for a reason of its own", end_skip_unknown, 0, 1,
	  "skip for a reason that lib/skips.c does not have: the moon is full" REPLAY, NULL },
	{ "skip of what is required", end_skip_required, 0, 1,
	  "required gmem: " REFUSED " replay=\"./prog --seed 0x2a --tests " TEST
	  " --require gmem\"", NULL },
	{ "skip where another thing is required", end_skip_other_required, 0, 4,
	  REFUSED, NULL },
	{ "a part left out", end_lacks, 0, 0, NULL, NULL },
	{ "a part left out that is required", end_lacks_required, 0, 1,
	  "required cpu: no AVX-512 replay=", NULL },
	{ "_exit(0) under guard", end_quietly, 0, 0, NULL, NULL },
	{ "_exit(4) under guard", end_quietly, 4, 4, NULL, NULL },
};

static void test_end(const struct end_case *e)
{
	struct child c;
	bool good;

	begin(REASON_SIZE);
	child_run(&c, e->end, &e->status);
	good = c.status == e->expected;
	if (e->first)
		good &= !strncmp(reason, e->first, strlen(e->first)) &&
			count("replay=") == (e->expected != 4);
	else
		good &= says("");
	good &= !e->then || count(e->then) == 1;
	ok(good, "%s: status %d, %.40s", e->name, c.status, reason);
}

int main(void)
{
	size_t i;

	options.program = "./prog";
	options.seed = 42;
	test_begin();
	test_fail();
	test_at();
	test_note();
	test_known();
	test_max_lines();
	test_buffer();
	test_whole_lines();
	for (i = 0; i < ARRAY_SIZE(end_cases); i++)
		test_end(&end_cases[i]);
	return unit_end();
}
