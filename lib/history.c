// SPDX-License-Identifier: GPL-2.0-only
/* Which op left what in memory. */
#include <string.h>

#include "alloc.h"
#include "history.h"

void history_add(struct history *h, const struct history_entry *e)
{
	if (!h->entries)
		h->entries = alloc_zeroed(HISTORY_OPS, sizeof(*h->entries));
	h->entries[h->nr++ % HISTORY_OPS] = *e;
}

void history_free(struct history *h)
{
	free(h->entries);
	memset(h, 0, sizeof(*h));
}

static bool wrote(const struct history_entry *e, const u8 *mem)
{
	return mem >= e->mem && mem < e->mem + e->kind->bytes;
}

static bool left_there(const struct history_entry *e, const u8 *mem)
{
	u64 at = mem - e->mem, end = min_t(u64, e->kind->bytes, HISTORY_BYTES);

	return wrote(e, mem) && at < end && !memcmp(e->after + at, mem, end - at);
}

/* The last op that @is it. */
static const struct history_entry *find_last(const struct history *h, const u8 *mem,
					     bool (*is)(const struct history_entry *e,
							const u8 *mem))
{
	u64 i, oldest = h->nr - min_t(u64, h->nr, HISTORY_OPS);

	for (i = h->nr; i > oldest; i--) {
		const struct history_entry *e = &h->entries[(i - 1) % HISTORY_OPS];

		if (is(e, mem))
			return e;
	}
	return NULL;
}

const struct history_entry *history_last(const struct history *h, const u8 *mem)
{
	return find_last(h, mem, wrote);
}

const struct history_entry *history_of(const struct history *h, const u8 *mem)
{
	return find_last(h, mem, left_there);
}
