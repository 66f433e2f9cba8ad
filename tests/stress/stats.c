// SPDX-License-Identifier: GPL-2.0-only
/* What the tests of this run did, so that nobody can think they idled. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <kselftest.h>

#include "stress.h"

/* One test; the harness runs each in a process of its own. */
struct entry {
	char test[128];
	bool failed;
	struct live_stats s;
};

static struct shared {
	pid_t parent;
	unsigned int nr;
	struct entry entries[4096];
} *shared;

bool stats_is_ours(void)
{
	return shared->nr && getpid() == shared->parent;
}

void stats_claim(void)
{
	shared->parent = getpid();
}

void stats_init(void)
{
	if (shared)
		kvm_munmap(shared, sizeof(*shared));
	shared = kvm_mmap(sizeof(*shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	stats_claim();
}

static struct entry *find(const char *test)
{
	struct entry *e;

	for (e = shared->entries; e < shared->entries + shared->nr; e++)
		if (!strcmp(e->test, test))
			return e;
	TEST_ASSERT(shared->nr < ARRAY_SIZE(shared->entries), "too many tests");
	shared->nr++;
	snprintf(e->test, sizeof(e->test), "%s", test);
	return e;
}

void stats_sum_up(struct live_stats *sum, const struct live_stats *s)
{
	const u64 *from = (const u64 *)s;
	u64 *to = (u64 *)sum;
	unsigned int i;

	for (i = 0; i < sizeof(*s) / sizeof(u64); i++)
		to[i] += from[i];
}

void stats_add(const char *test, const struct live_stats *s)
{
	stats_sum_up(&find(test)->s, s);
}

void stats_verdict(const char *test, int verdict)
{
	find(test)->failed = verdict == KSFT_FAIL;
}

const char *stats_failed(void)
{
	struct entry *e;

	for (e = shared->entries; e < shared->entries + shared->nr; e++)
		if (e->failed)
			return e->test;
	return NULL;
}

static const char *scenario_of(const char *test)
{
	return strrchr(test, '.') + 1;
}

static void print_row(const char *name, unsigned int tests,
		      const struct live_stats *s)
{
	u64 acts = s->toggles + s->slots + s->neighbours + s->holes + s->cpus +
		   s->left + s->attempts;

	printf("# %-13s %5u %10lu %10lu %9lu %11lu %12lu %9lu %9lu %6lu %7lu %7lu %7lu", name,
	       tests, s->ops, s->writes, s->harvests, s->straddlers, s->pages, s->reported,
	       s->diverted, s->full, acts, s->echoes, s->echo_tries);
	printf(" %7lu %7lu %9lu\n", s->interrupted, s->kicked, s->buffered);
}

/* Tests of one scenario need not follow each other. */
static bool seen_before(unsigned int i)
{
	unsigned int j;

	for (j = 0; j < i; j++)
		if (!strcmp(scenario_of(shared->entries[j].test),
			    scenario_of(shared->entries[i].test)))
			return true;
	return false;
}

struct live_stats stats_sum(void)
{
	struct live_stats all = { };
	unsigned int i;

	for (i = 0; i < shared->nr; i++)
		stats_sum_up(&all, &shared->entries[i].s);
	return all;
}

void stats_print(void)
{
	struct live_stats all = stats_sum();
	unsigned int i, j, tests;

	printf("# %-13s %5s %10s %10s %9s %11s %12s %9s %9s %6s %7s %7s %7s %7s %7s %9s\n",
	       "scenario", "tests", "ops", "writes", "harvests", "straddlers", "pages",
	       "reported", "diverted", "full", "acts", "echoes", "of", "ended",
	       "kicked", "buffered");
	for (i = 0; i < shared->nr; i++) {
		const char *name = scenario_of(shared->entries[i].test);
		struct live_stats sum = { };

		if (seen_before(i))
			continue;
		for (tests = 0, j = i; j < shared->nr; j++) {
			if (strcmp(scenario_of(shared->entries[j].test), name))
				continue;
			stats_sum_up(&sum, &shared->entries[j].s);
			tests++;
		}
		print_row(name, tests, &sum);
	}
	print_row("all", shared->nr, &all);
}
