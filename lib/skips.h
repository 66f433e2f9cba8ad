/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a test may be skipped: every reason there is, in one table.  Reasons are part
 * of results that are compared between machines; whoever needs what a reason says is
 * missing names its word with --require, and then the skip is a failure.
 */
#ifndef SUITE_SKIPS_H
#define SUITE_SKIPS_H

#include "types.h"

/* What cannot be required: such a test has no meaning here, on any machine. */
#define SKIP_NO_MEANING "-"

/* The word of @reason, SKIP_NO_MEANING, or NULL for a reason that is not known. */
const char *skip_word(const char *reason);

/* Is there a reason of this word? */
bool skip_is_word(const char *word);

/* The words, each once, separated by blanks, into @buf of @size bytes. */
void skip_words(char *buf, size_t size);

#endif
