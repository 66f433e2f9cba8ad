/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests, each registered where it is written. */
#ifndef SUITE_REGISTRY_H
#define SUITE_REGISTRY_H

#include "harvest.h"
#include "subject.h"

/*
 * Which subjects and log modes a test is for.
 *
 * @subject:	is it for this one?  NULL: for all but private memory, in which the host
 *		cannot see what is there
 * @modes:	log modes, BIT(LOG_...); 0: all
 * @rings:	and of these those that have rings
 * @no_mode:	once for each subject, without a log
 * @own_vm:	the test makes its VM itself
 */
struct variants {
	bool (*subject)(const struct subject *s);
	u32 modes;
	bool rings, no_mode, own_vm;
};

/* @run: its body; @data is the fixture's, of the program that it is in */
struct suite_test {
	const char *name;
	const struct variants *variants;
	void (*run)(void *data);
	struct suite_test *next;
};

/* All there are, in the order in which they stand in their file. */
extern struct suite_test *suite_tests;

void registry_add(struct suite_test *t);
/* The test of this name; the program ends where there is none. */
const struct suite_test *registry_find(const char *name);

/* Opens a test's body, which takes the fixture's data as a pointer to @type. */
#define SUITE_TEST(test, for_whom, type)				\
static void test_##test(type * data);					\
static void test_##test##_run(void *data)				\
{									\
	test_##test(data);						\
}									\
static struct suite_test test_##test##_entry = {			\
	.name = #test, .variants = &(for_whom), .run = test_##test##_run,	\
};									\
static void __attribute__((constructor)) test_##test##_register(void)	\
{									\
	registry_add(&test_##test##_entry);				\
}									\
static void test_##test

#endif
