/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a failed check tells.  The first failure becomes the text on the test's
 * "not ok" line, with the command that replays it; what follows stands on
 * comment lines directly below, so that KTAP parsers keep it with the test.
 */
#ifndef SUITE_REPORT_H
#define SUITE_REPORT_H

#include "types.h"

/* At most this many pages are listed below a failure; the rest are counted. */
#define REPORT_MAX_LINES 10

/*
 * Start a test: @reason of @size bytes is where the harness reads from.
 * @known: is this failure of @test a known one, which counts for nothing here?  NULL:
 * none is.
 * @verdict: ends the test and gives the exit status; NULL: any failure is one.
 */
void report_begin(const char *test, char *reason, size_t size,
		  bool (*known)(const char *failure), int (*verdict)(void));

/* The dotted name of the running test. */
const char *report_test(void);

/* How often the running test has failed so far, in ways that are not known. */
unsigned int report_failures(void);

/* Failures from here on are found at @line of @file, see where.h. */
void report_at(const char *file, int line);

/* The running test failed.  @fmt is one line without its newline. */
void report_fail(const char *fmt, ...) __printf(1, 2);

/* A line below the failure; lines past REPORT_MAX_LINES are dropped. */
void report_detail(const char *fmt, ...) __printf(1, 2);

/*
 * As report_fail(), and the test ends here: what follows has no ground.  The
 * process exits with the status of report_verdict().
 */
void report_fatal(const char *fmt, ...)
	__printf(1, 2) __noreturn;

/* The test ends here, as it is. */
void report_end(void) __noreturn;

/*
 * A remark that stays on the result line of a test that passes, such as what a
 * probe found.
 */
void report_note(const char *fmt, ...) __printf(1, 2);

/*
 * The running test does not apply here and ends.  @reason is one of lib/skips.c.
 * It is a failure all the same when the test has failed before, when the verdict
 * finds something, when --require names the reason's word, or when nobody knows
 * the reason.
 */
void report_skip(const char *reason) __noreturn;

/*
 * A part of the running test is left out for @reason, one of lib/skips.c: fails the
 * test where report_skip() would have.
 */
void report_lacks(const char *reason);

/* Nothing but known failures: the text of the result is @summary and the replay. */
void report_known(const char *summary);

/*
 * From now on an exit() of this process is a failure of the running test:
 * libkvm ends with status 4, a skip, when an assertion fails while errno is
 * EACCES (tools/testing/selftests/kvm/lib/assert.c), and no test skips so.
 */
void report_guard_exit(void);

#endif
