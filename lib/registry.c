// SPDX-License-Identifier: GPL-2.0-only
/* Tests, each registered where it is written. */
#include "registry.h"

struct suite_test *suite_tests;

void registry_add(struct suite_test *t)
{
	struct suite_test **end = &suite_tests;

	while (*end)
		end = &(*end)->next;
	*end = t;
}

const struct suite_test *registry_find(const char *name)
{
	const struct suite_test *t = suite_tests;

	while (t && strcmp(t->name, name))
		t = t->next;
	TEST_ASSERT(t, "no test %s", name);
	return t;
}
