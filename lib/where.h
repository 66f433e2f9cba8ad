/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A failure names the file and the line of the check: that of the test, also where it
 * is found further below.  For whoever calls checks; lib/ itself does not include it,
 * and what helps several tests defines WHERE_IS_CALLER first.
 */
#ifndef SUITE_WHERE_H
#define SUITE_WHERE_H

#include "check.h"
#include "report.h"
#include "run.h"

#define HERE(call)		(report_at(__FILE__, __LINE__), (call))

#ifndef WHERE_IS_CALLER
#define check_harvest(...)	HERE(check_harvest(__VA_ARGS__))
#define check_reported(...)	HERE(check_reported(__VA_ARGS__))
#define check_content(...)	HERE(check_content(__VA_ARGS__))
#define check_pages(...)	HERE(check_pages(__VA_ARGS__))
#define report_fail(...)	HERE(report_fail(__VA_ARGS__))
#define report_fatal(...)	HERE(report_fatal(__VA_ARGS__))
/* A ring that is full meanwhile is harvested. */
#define testvm_run(...)		HERE(testvm_run(__VA_ARGS__))
#endif

#endif
