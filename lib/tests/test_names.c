// SPDX-License-Identifier: GPL-2.0-only
/* names.c: a name that two tests have is found wherever they are. */
#include <string.h>

#include "names.h"
#include "unit.h"

static void test_unique(void)
{
	const char *names[5] = { "b.a", "a", "ab", "a.b", "a.b.c" };

	ok(!names_twice(names, ARRAY_SIZE(names)), "all names differ");
	ok(!names_twice(names, 1) && !names_twice(names, 0), "one, and none");
}

static void test_twice(void)
{
	static const char * const letters[] = { "c", "b", "e", "a", "d" };
	unsigned int i, j;
	bool good = true;

	for (i = 0; i < 4; i++) {
		for (j = i + 1; j < 5; j++) {
			const char *names[5], *twice;

			memcpy(names, letters, sizeof(names));
			names[j] = names[i];
			twice = names_twice(names, ARRAY_SIZE(names));
			good &= twice && strchr("cbea", *twice);
		}
	}
	ok(good, "one that is twice, at any two places");
}

int main(void)
{
	test_unique();
	test_twice();
	return unit_end();
}
