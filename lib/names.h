/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of tests, which results are compared by: none may stand for two tests. */
#ifndef SUITE_NAMES_H
#define SUITE_NAMES_H

#include "types.h"

/* A name that is twice among the @nr @names, which get sorted; NULL when none is. */
const char *names_twice(const char **names, size_t nr);

#endif
