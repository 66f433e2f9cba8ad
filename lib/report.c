// SPDX-License-Identifier: GPL-2.0-only
/* What a failed check tells. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "report.h"
#include "skips.h"

/* KSFT_FAIL and KSFT_SKIP, without the header that brings a whole harness. */
#define EXIT_FAILED 1
#define EXIT_SKIPPED 4

static struct {
	const char *test;
	char *reason;
	size_t size;
	unsigned int failures, lines;
	const char *file;
	int line;
	bool (*known)(const char *failure);
	int (*verdict)(void);
} report;

static int any_failure(void)
{
	return report.failures ? EXIT_FAILED : 0;
}

void report_begin(const char *test, char *reason, size_t size,
		  bool (*known)(const char *failure), int (*verdict)(void))
{
	report.known = known;
	report.verdict = verdict ?: any_failure;
	report.test = test;
	report.reason = reason;
	report.size = size;
	report.failures = 0;
	report.lines = 0;
	report.file = NULL;
	reason[0] = 0;
}

const char *report_test(void)
{
	return report.test;
}

unsigned int report_failures(void)
{
	return report.failures;
}

static void vappend(const char *fmt, va_list ap)
{
	size_t len = strlen(report.reason);

	vsnprintf(report.reason + len, report.size - len, fmt, ap);
}

__printf(1, 2)
static void append(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vappend(fmt, ap);
	va_end(ap);
}

/* A line that does not fit is dropped: cut, it could name another page. */
static void vdetail(const char *fmt, va_list ap)
{
	size_t len = strlen(report.reason);

	if (report.lines++ >= REPORT_MAX_LINES)
		return;
	append("\n#    ");
	vappend(fmt, ap);
	if (strlen(report.reason) + 1 >= report.size)
		report.reason[len] = 0;
}

void report_at(const char *file, int line)
{
	report.file = file;
	report.line = line;
}

static void vfail(const char *fmt, va_list ap)
{
	char line[512], replay[512];

	vsnprintf(line, sizeof(line), fmt, ap);
	if (report.known && report.known(line))
		return;
	if (report.failures++) {
		report_detail("%s", line);
		return;
	}
	options_replay(replay, sizeof(replay), report.test);
	report.reason[0] = 0;
	append("%s", line);
	if (report.file)
		append(" at=%s:%d", report.file, report.line);
	append(" replay=\"%s\"", replay);
}

void report_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(fmt, ap);
	va_end(ap);
}

void report_detail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdetail(fmt, ap);
	va_end(ap);
}

void report_note(const char *fmt, ...)
{
	va_list ap;

	if (report.failures)
		return;
	report.reason[0] = 0;
	va_start(ap, fmt);
	vappend(fmt, ap);
	va_end(ap);
}

void report_end(void)
{
	_exit(report.verdict());
}

void report_fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfail(fmt, ap);
	va_end(ap);
	report_end();
}

void report_lacks(const char *reason)
{
	const char *word = skip_word(reason);

	if (!word) {
		report_fail("skip for a reason that lib/skips.c does not have: %s", reason);
	} else if (options_require(word)) {
		options.missed = word;
		report_fail("required %s: %s", word, reason);
	}
}

/* The verdict may find more than the test did, such as a splat of the kernel's. */
void report_skip(const char *reason)
{
	int status;

	report_lacks(reason);
	status = report.verdict();
	if (status)
		_exit(status);
	report.reason[0] = 0;
	append("%s", reason);
	_exit(EXIT_SKIPPED);
}

void report_known(const char *summary)
{
	char replay[512];

	options_replay(replay, sizeof(replay), report.test);
	report.reason[0] = 0;
	append("%s replay=\"%s\"", summary, replay);
}

static void exit_is_failure(int status, void *unused)
{
	report_fatal("exit status=%d by the KVM selftests library, whose message stands above",
		     status);
}

void report_guard_exit(void)
{
	on_exit(exit_is_failure, NULL);
}
