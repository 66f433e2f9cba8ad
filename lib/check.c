// SPDX-License-Identifier: GPL-2.0-only
/* The checks: log against oracle, memory against what it must be. */

#include "check.h"
#include "harvest.h"
#include "known.h"
#include "options.h"
#include "report.h"
#include "words.h"

/* The last op since the previous harvest that touched @page, or -1. */
static s64 find_op(const struct testslot *s, u64 page)
{
	const struct testvm *t = s->t;
	u64 start = (s->gfn + page) * t->page_size;
	s64 i;

	for (i = (s64)t->nr_ops - 1; i >= 0; i--) {
		const struct guest_op *op = &t->ops[i];

		if (op->gva < start + t->page_size &&
		    op->gva + op->kind->bytes > start)
			return i;
	}
	return -1;
}

/* "op=.. vcpu=..": who touched @page last */
static void blame(const struct testslot *s, u64 page, char *buf, size_t size)
{
	s64 op = find_op(s, page);

	if (s->t->blame)
		s->t->blame(s, page, buf, size);
	else if (op < 0)
		snprintf(buf, size, "op=none vcpu=-1");
	else
		snprintf(buf, size, "op=%lld:%s vcpu=%u", (long long)op,
			 s->t->ops[op].kind->name, s->t->ops[op].vcpu);
}

/* "page=.. gfn=.. slot=.. offset=.. op=..", offset in pages into the memslot's file */
static void describe(char *buf, size_t size, const struct testslot *s, u64 page)
{
	char who[96];

	blame(s, page, who, sizeof(who));
	snprintf(buf, size, "page=%lu gfn=%#lx slot=%u offset=%#lx %s",
		 page, s->gfn + page, s->id,
		 s->offset / s->t->page_size + page, who);
}

static void detail(const struct testslot *s, const char *what,
		   const struct pageset *set, u64 skip)
{
	char buf[224];
	u64 page, n = 0;

	pageset_for_each(page, set) {
		if (n++ < skip)
			continue;
		if (n > REPORT_MAX_LINES / 2)
			break;
		describe(buf, sizeof(buf), s, page);
		report_detail("%s %s", what, buf);
	}
}

/* "lost page=.. lost=.. spurious=..": what is wrong, by its first page. */
static void summarize(char *buf, size_t size, const struct testslot *s)
{
	const struct oracle *o = &s->oracle;
	u64 nr_lost = pageset_count(&o->lost);
	u64 nr_spurious = pageset_count(&o->spurious);
	char page[224];

	describe(page, sizeof(page), s,
		 pageset_next(nr_lost ? &o->lost : &o->spurious, 0));
	snprintf(buf, size, "%s %s harvest=%lu lost=%lu spurious=%lu seed=%#lx step=\"%s\"",
		 nr_lost ? "lost" : "spurious", page, s->t->nr_harvests - 1, nr_lost,
		 nr_spurious, options.seed, s->t->step);
}

static void report_pages(const struct testslot *s, u64 nr_known)
{
	const struct oracle *o = &s->oracle;
	bool lost = pageset_next(&o->lost, 0) < s->npages;
	char buf[512], known[32] = "";

	summarize(buf, sizeof(buf), s);
	if (nr_known)
		snprintf(known, sizeof(known), " known=%lu", nr_known);
	report_fail("%s%s", buf, known);
	detail(s, "lost", &o->lost, lost ? 1 : 0);
	detail(s, "spurious", &o->spurious, lost ? 0 : 1);
}

/* --- known failures ---------------------------------------------------------- */

static bool any_in(const struct pageset *set, u64 first, u64 nr)
{
	return pageset_next(set, first) < first + nr;
}

/* The block's first page was reported now, or lately where writes straddle harvests. */
static bool was_reported(const struct testslot *s, u64 page)
{
	unsigned int i;

	if (pageset_test(&s->reported, page))
		return true;
	for (i = 0; s->t->blame && i < ARRAY_SIZE(s->before); i++)
		if (pageset_test(&s->before[i], page))
			return true;
	return false;
}

/*
 * Has a page of this block, which is not reported, been touched?  One written is lost,
 * or is going to be.
 */
static bool was_touched(const struct testslot *s, u64 first, u64 nr)
{
	const struct oracle *o = &s->oracle;

	return any_in(&s->read, first, nr) || any_in(&o->lost, first, nr) ||
	       any_in(&o->owed, first, nr) || any_in(&o->due, first, nr) ||
	       any_in(&s->taken_now, first, nr);
}

static u32 block_facts(const struct testslot *s, u64 page)
{
	u64 first, nr = testslot_block(s, page, &first);

	if (!nr)
		return 0;
	if (page != first)
		return was_reported(s, first) ? PAGE_IN_BLOCK : 0;
	return was_touched(s, first + 1, nr - 1) ? PAGE_HEADS_BLOCK : 0;
}

struct page_facts check_facts(const void *slot, u64 page)
{
	const struct testslot *s = slot;
	struct page_facts f = { .kind = "" };
	s64 op = find_op(s, page);

	if (op >= 0)
		f.kind = s->t->ops[op].kind->name;
	f.bits = block_facts(s, page);
	if (pageset_test(&s->read, page))
		f.bits |= PAGE_READ;
	if (ring_unreset_page(s, page))
		f.bits |= PAGE_UNRESET;
	if (pageset_test(&s->taken, page))
		f.bits |= PAGE_TAKEN;
	return f;
}

/*
 * Take what is known from the verdict on @s.  Returns how many pages are left: a failure
 * then tells of them, and else the known ones are told.
 */
static u64 subtract_known(struct testslot *s, u64 wrong)
{
	struct oracle *o = &s->oracle;
	char line[512];
	u64 left;

	summarize(line, sizeof(line), s);
	pageset_zero(&s->taken_now);
	left = known_subtract(WRONG_LOST, &o->lost, &s->taken_now, check_facts, s);
	left += known_subtract(WRONG_SPURIOUS, &o->spurious, NULL, check_facts, s);
	pageset_or(&s->taken, &s->taken_now);
	if (left < wrong)
		known_tell("%s", line);
	return left;
}

/* --- verdicts ----------------------------------------------------------------- */

/* The harvest is judged: what was true of its pages is of no more use. */
static void forget(struct testslot *s)
{
	pageset_zero(&s->read);
	if (!s->t->blame || !s->backing->subject->huge_pages)
		return;
	pageset_copy(&s->before[1], &s->before[0]);
	pageset_copy(&s->before[0], &s->reported);
}

/* True when the oracle of @s has nothing to say that is not known. */
static bool judge(struct testslot *s)
{
	u64 wrong = oracle_judge(&s->oracle, &s->reported), left;

	if (!wrong)
		return true;
	left = subtract_known(s, wrong);
	if (left)
		report_pages(s, wrong - left);
	return !left;
}

/* A vCPU's write belongs into its ring, also where there is a bitmap as well. */
static void check_backup(struct testslot *s)
{
	u64 page = pageset_next(&s->backup, 0);

	if (page < s->npages && !s->t->kvm_writes)
		report_fail("bitmap instead of ring page=%lu slot=%u harvest=%lu step=\"%s\"",
			    page, s->id, s->t->nr_harvests - 1, s->t->step);
}

bool check_reported(struct testvm *t)
{
	bool good = true;
	struct testslot *s;

	testvm_for_each_logged_slot(s, t) {
		check_backup(s);
		good &= judge(s);
		forget(s);
	}
	t->nr_ops = 0;
	return good;
}

bool check_harvest(struct testvm *t)
{
	harvest(t);
	return check_reported(t);
}

/* "op=.. vcpu=.. harvest=..", the last being the harvest that came next. */
static void name_op(char *buf, size_t size, const struct history_entry *e)
{
	if (e)
		snprintf(buf, size, "op=%lu:%s vcpu=%u harvest=%lu", e->op, e->kind->name,
			 e->vcpu, e->harvest);
	else
		snprintf(buf, size, "op=none");
}

/* The byte at @mem of @s is not what the ops made of it. */
static void report_content(const struct testslot *s, u64 at, u8 expected, const u8 *mem)
{
	const struct testvm *t = s->t;
	char where[64], should[96], is[96];

	if (t->blame) {
		blame(s, at / t->page_size, should, sizeof(should));
		snprintf(is, sizeof(is), "op=unknown");
	} else {
		name_op(should, sizeof(should), history_last(&t->history, mem));
		name_op(is, sizeof(is), history_of(&t->history, mem));
	}
	snprintf(where, sizeof(where), "page=%lu byte=%lu slot=%u", at / t->page_size,
		 at % t->page_size, s->id);
	report_fail("content %s expected=%#x (%s) found=%#x (%s) step=\"%s\"", where,
		    expected, should, *mem, is, t->step);
}

bool check_pages(struct testslot *s, u64 page, u64 nr)
{
	const u8 *mem = s->backing->hva + s->offset;
	const u8 *expected = s->backing->expected + s->offset;
	u64 end = min_t(u64, page + nr, s->npages) * s->t->page_size;
	u64 at = page * s->t->page_size;

	if (at < end)
		at += bytes_same(mem + at, expected + at, end - at);
	if (at >= end)
		return true;
	report_content(s, at, expected[at], mem + at);
	return false;
}

/* The pages of @s that were written, or all of them. */
static bool check_slot(struct testslot *s, bool all)
{
	u64 first = s->offset / s->t->page_size, page;
	const struct pageset *written = &s->backing->written;
	bool good = true;

	for (page = 0; good && page < s->npages; page++) {
		if (!all)
			page = pageset_next(written, first + page) - first;
		good = page >= s->npages || check_pages(s, page, 1);
	}
	return good;
}

bool check_content(struct testvm *t, bool all)
{
	bool good = true;
	struct testslot *s;

	testvm_for_each_slot(s, t)
		good = good && check_slot(s, all);
	return good;
}
