// SPDX-License-Identifier: GPL-2.0-only
/* The oracle on a recorded run. */
#include <string.h>

#include "logjudge.h"
#include "oracle.h"

static void tell_page(struct oracle *o, const struct run *r, const struct run_op *op,
		      u64 page, unsigned int k)
{
	if (op_finished(r, op, k)) {
		if (op->write)
			oracle_written(o, page);
		else
			oracle_allowed(o, page);
	}
	if (op_straddles(r, op, k)) {
		if (op->write)
			oracle_straddled(o, page);
		else
			oracle_around(o, page);
	}
}

static bool is_busy(const struct run *r, const struct run_op *op, unsigned int k,
		    enum excuse excuse)
{
	switch (excuse) {
	case EXCUSE_UNDER_WAY:
		return op_under_way(r, op, k);
	case EXCUSE_AROUND:
		return op_straddles(r, op, k);
	case EXCUSE_NONE:
		break;
	}
	return false;
}

static void tell(struct oracle *o, const struct run *r, unsigned int k,
		 enum excuse excuse)
{
	unsigned int i, page;

	for (i = 0; i < r->nr_ops; i++) {
		const struct run_op *op = &r->ops[i];
		struct oracle *slot = &o[op->page / RUN_SLOT_PAGES];

		if (!op->write && !op->allowed)
			continue;
		page = op->page % RUN_SLOT_PAGES;
		for (; page < op->page % RUN_SLOT_PAGES + op->pages; page++) {
			tell_page(slot, r, op, page, k);
			if (is_busy(r, op, k, excuse))
				oracle_busy(slot, page);
			if (excuse != EXCUSE_NONE && op_buffered(r, op, k))
				oracle_buffered(slot, page);
		}
	}
}

/* Bits past the last page too, as a broken log would leave them in the words. */
static void set_from(struct pageset *s, const bool *pages)
{
	u64 i;

	for (i = 0; i < pageset_nr_words(s) * PAGESET_BITS; i++)
		if (pages[i])
			pageset_set(s, i);
}

static void set_to(bool *pages, const struct pageset *s)
{
	u64 i;

	for (i = 0; i < pageset_nr_words(s) * PAGESET_BITS; i++)
		pages[i] = (s->words[i / PAGESET_BITS] >> (i % PAGESET_BITS)) & 1;
}

static void judge_slot(struct verdict *v, struct oracle *o, const struct run *r,
		       unsigned int k, unsigned int slot)
{
	struct pageset reported;

	pageset_init(&reported, r->npages);
	set_from(&reported, &r->reported[k][slot * RUN_SLOT_PAGES]);
	v->findings += oracle_judge(o, &reported);
	set_to(&v->lost[k][slot * RUN_SLOT_PAGES], &o->lost);
	set_to(&v->spurious[k][slot * RUN_SLOT_PAGES], &o->spurious);
	pageset_free(&reported);
}

void oracle_verdict(struct verdict *v, const struct run *r, enum excuse excuse)
{
	struct oracle o[RUN_SLOTS];
	unsigned int k, slot;

	memset(v, 0, sizeof(*v));
	for (slot = 0; slot < RUN_SLOTS; slot++)
		oracle_init(&o[slot], r->npages);
	for (k = 0; k < RUN_HARVESTS; k++) {
		tell(o, r, k, excuse);
		for (slot = 0; slot < RUN_SLOTS; slot++)
			judge_slot(v, &o[slot], r, k, slot);
	}
	for (slot = 0; slot < RUN_SLOTS; slot++)
		oracle_free(&o[slot]);
}
