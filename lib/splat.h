/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Did the kernel complain?  A WARN, BUG, oops or new taint between the mark and
 * the check fails the test that ran meanwhile.
 */
#ifndef SUITE_SPLAT_H
#define SUITE_SPLAT_H

#include "types.h"

/* True when @line of the kernel log reports a fault of the kernel's own. */
bool splat_is_splat(const char *line);

/*
 * Remember where the kernel log and the taint flags stand, and have the kernel warn
 * again of what it warns of once, where debugfs can do that.  Returns false when
 * /dev/kmsg may not be read; taint is compared all the same.
 */
bool splat_mark(void);

/*
 * True, with the first complaint in @buf, when there was one since the mark or the
 * last check, in whatever process: a test that ends leaves its files to the kernel
 * after it has said its verdict.
 */
bool splat_check(char *buf, size_t size);

#endif
