// SPDX-License-Identifier: GPL-2.0-only
/* Guest code that measures. */
#include "guest_perf.h"

static void guest_fill(u64 gva, u64 val)
{
	const struct sweep *s = (void *)val;
	u64 i;

	for (i = 0; i < s->nr; i++)
		WRITE_ONCE(*(u64 *)(gva + i * s->step), i);
}

static void guest_sweep(u64 gva, u64 val)
{
	struct sweep *s = (void *)val;
	u64 i, start;

	for (i = 0; i < s->nr && i < SWEEP_TICKS; i++) {
		start = read_clock();
		WRITE_ONCE(*(u64 *)(gva + i * s->step), i);
		s->ticks[i] = read_clock() - start;
	}
}

static void guest_hammer(u64 gva, u64 val)
{
	struct sweep *s = (void *)val;
	u64 start = read_clock(), last = start, now = start, i = 0;

	s->writes = 0;
	s->longest = 0;
	while (now - start < s->duration) {
		WRITE_ONCE(*(u64 *)(gva + i * s->step), now);
		i = i + 1 < s->nr ? i + 1 : 0;
		now = read_clock();
		if (now - last > s->longest)
			s->longest = now - last;
		last = now;
		s->writes++;
	}
	s->elapsed = now - start;
}

const struct guest_kind fill_pages = {
	.name = "fill_pages",
	.guest = guest_fill,
};

const struct guest_kind sweep_pages = {
	.name = "sweep_pages",
	.guest = guest_sweep,
};

const struct guest_kind hammer_pages = {
	.name = "hammer_pages",
	.guest = guest_hammer,
};
