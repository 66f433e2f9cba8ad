// SPDX-License-Identifier: GPL-2.0-only
/* A test that passes has done what its name says. */
#include <stdio.h>
#include <stdlib.h>

#include "known.h"
#include "report.h"
#include "stress.h"

static u64 need_count(const struct live_stats *s, const struct need *n)
{
	return *(const u64 *)((const char *)s + n->counter);
}

static bool need_unmet(const struct live *l, const struct live_stats *s,
		       const struct need *n, bool enough)
{
	u64 least = enough && n->enough ? n->enough : n->min;

	return n->what && need_count(s, n) < least &&
	       !(n->unfit && n->unfit(l->shape.subject, l->shape.mode));
}

bool activity_demanded(void)
{
	return stress_size.pages >= STRESS_PAGES && stress_size.ops >= STRESS_OPS;
}

bool activity_unmet(const struct live *l, const struct live_stats *s,
		    const struct need *needs, bool enough)
{
	unsigned int i;

	for (i = 0; activity_demanded() && i < STRESS_NEEDS; i++)
		if (need_unmet(l, s, &needs[i], enough))
			return true;
	return false;
}

void activity_check(const struct live *l, const struct live_stats *s,
		    const struct need *needs)
{
	unsigned int i;
	char why[160];

	/* What a finding has lost need not fill a ring: that is no pass anyway. */
	if (!activity_unmet(l, s, needs, false) || report_failures() || known_times())
		return;
	for (i = 0; i < STRESS_NEEDS; i++) {
		const struct need *n = &needs[i];

		if (!need_unmet(l, s, n, false))
			continue;
		snprintf(why, sizeof(why), "%s: %lu, at least %lu wanted", n->what,
			 need_count(s, n), n->min);
		if (!n->slow || !n->slow(s))
			report_fail("idle: %s harvests=%lu seed=%#lx", why,
				    s->harvests, l->shape.seed);
	}
	if (!report_failures()) {
		snprintf(why, sizeof(why), "too slow for this scenario");
		report_skip(why);
	}
}

/* Half of the harvests came before any vCPU had done anything. */
bool activity_stalled(const struct live_stats *s)
{
	return 2 * s->stalled >= s->harvests;
}

/* vCPUs have written at the right moment, and each time left the guest before. */
bool activity_all_exited(const struct live_stats *s)
{
	return s->echo_tries;
}

/* The harvesting thread had signals, none of which met a reset. */
bool activity_missed_resets(const struct live_stats *s)
{
	return s->signals;
}
