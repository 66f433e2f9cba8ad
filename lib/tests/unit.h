/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TAP for the unit tests.  The kselftest harness would do, but it lives in a
 * kernel tree and these tests run without one.
 */
#ifndef SUITE_UNIT_H
#define SUITE_UNIT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "types.h"

static unsigned int unit_nr, unit_failed;

/*
 * One result.  Flushed at once: the tests fork, and a child must not print it
 * again.  UNIT_FAIL_FAST is for mutants.sh, which asks only whether all is well.
 */
__printf(2, 3)
static inline bool ok(bool good, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", good ? "" : "not ", ++unit_nr);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	unit_failed += !good;
	if (!good && getenv("UNIT_FAIL_FAST"))
		exit(1);
	return good;
}

/* The plan, and what main() returns. */
static inline int unit_end(void)
{
	printf("1..%u\n", unit_nr);
	return unit_failed ? 1 : 0;
}

#endif
