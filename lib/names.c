// SPDX-License-Identifier: GPL-2.0-only
/* Names of tests. */
#include <stdlib.h>
#include <string.h>

#include "names.h"

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char **)a, *(const char **)b);
}

const char *names_twice(const char **names, size_t nr)
{
	size_t i;

	qsort(names, nr, sizeof(*names), compare_names);
	for (i = 1; i < nr; i++)
		if (!strcmp(names[i - 1], names[i]))
			return names[i];
	return NULL;
}
