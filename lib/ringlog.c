// SPDX-License-Identifier: GPL-2.0-only
/* What was taken from dirty rings, entry by entry. */

#include "alloc.h"
#include "ringlog.h"

/* BITS_PER_LONG in kvm_dirty_ring_reset(). */
#define BATCH_PAGES 64

void ringlog_add(struct ringlog *l, u32 vcpu, u32 slot, u64 page)
{
	if (l->nr == l->max) {
		l->max = 2 * l->max + 256;
		l->taken = alloc_grown(l->taken, l->max, sizeof(*l->taken));
	}
	l->taken[l->nr++] = (struct ring_taken) { vcpu, slot, page };
}

void ringlog_empty(struct ringlog *l)
{
	l->nr = 0;
}

void ringlog_free(struct ringlog *l)
{
	free(l->taken);
	*l = (struct ringlog) { };
}

static bool one_batch(const struct ring_taken *a, const struct ring_taken *b)
{
	u64 apart = a->page > b->page ? a->page - b->page : b->page - a->page;

	return a->vcpu == b->vcpu && a->slot == b->slot && apart < BATCH_PAGES;
}

u64 ringlog_last_batch(const struct ringlog *l, u64 first, u64 end)
{
	u64 i = end;

	while (i > first && one_batch(&l->taken[i - 1], &l->taken[end - 1]))
		i--;
	return i;
}

static int compare_entries(const void *a, const void *b)
{
	const struct ring_taken *x = a, *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->vcpu < y->vcpu ? -1 : x->vcpu > y->vcpu;
}

void ringlog_sort(struct ringlog *l)
{
	if (l->nr)
		qsort(l->taken, l->nr, sizeof(*l->taken), compare_entries);
}

u64 ringlog_run(const struct ringlog *l, u64 i)
{
	u64 end = i + 1;

	while (end < l->nr && !compare_entries(&l->taken[i], &l->taken[end]))
		end++;
	return end - i;
}
