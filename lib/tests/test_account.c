// SPDX-License-Identifier: GPL-2.0-only
/*
 * tests/stress/account.c with streams as vCPUs have them and counters that say what
 * a case wants: ops of each sort at each place around a harvest, and what the oracle
 * and the rings are told of them.
 */
#include <string.h>

#include "account.h"
#include "unit.h"

#define PAGE 4096
#define NPAGES 70
#define NR_VCPUS 2

enum { READ, READ_WIDE, TRY, WRITE, WRITE_WIDE, EMULATED, NR_KINDS };

static const struct stream_kind kinds[NR_KINDS] = {
	[READ] = { .bytes = 1, .align = 1 },
	[READ_WIDE] = { .bytes = 8, .align = 1 },
	/* Writes to the stream from here on, but one of them does not write. */
	[TRY] = { .bytes = 1, .align = 1 },
	[WRITE] = { .bytes = 1, .align = 1 },
	[WRITE_WIDE] = { .bytes = 8, .align = 1 },
	[EMULATED] = { .bytes = 1, .align = 1 },
};

/* --- fake counters --------------------------------------------------------------- */

/* @at: what a vCPU's counters say at the readings of one harvest. */
struct places {
	u64 before, begun, ended, after;
};

#define MAX_READINGS 64

/* One harvest of vCPUs whose ops are where @at says. */
static struct fake {
	struct account a;
	struct oracle o;
	struct stream *streams[NR_VCPUS];
	struct places at[NR_VCPUS];
	unsigned int nr_done[NR_VCPUS], nr_started[NR_VCPUS];
	const u64 *readings[MAX_READINGS];
	unsigned int nr_readings;
	u64 exits;
} f;

/* Noted as a reading of no counter. */
static u64 fake_exits(const struct account *a, u32 vcpu)
{
	if (f.nr_readings < MAX_READINGS)
		f.readings[f.nr_readings++] = NULL;
	return f.exits;
}

static u64 fake_load(const u64 *counter)
{
	unsigned int i;

	if (f.nr_readings < MAX_READINGS)
		f.readings[f.nr_readings++] = counter;
	for (i = 0; i < NR_VCPUS; i++) {
		if (counter == &f.streams[i]->done)
			return f.nr_done[i]++ ? f.at[i].ended : f.at[i].before;
		if (counter == &f.streams[i]->started)
			return f.nr_started[i]++ ? f.at[i].after : f.at[i].begun;
	}
	abort();
}

static void rewind_counters(void)
{
	memset(f.nr_done, 0, sizeof(f.nr_done));
	memset(f.nr_started, 0, sizeof(f.nr_started));
	f.nr_readings = 0;
}

/* A stream, and its kinds behind it. */
static u8 rooms[NR_VCPUS][4096] __aligned(64);

static struct stream *make_stream(u32 vcpu)
{
	struct stream *s = (struct stream *)rooms[vcpu];

	memset(s, 0, sizeof(*s));
	s->seed = stream_seed(1, vcpu);
	s->npages = NPAGES;
	s->page_size = PAGE;
	s->vcpu = vcpu;
	s->nr_vcpus = NR_VCPUS;
	s->crosses = true;
	s->spread = true;
	s->nr_reads = TRY;
	s->nr_kinds = NR_KINDS;
	memcpy(s->kinds, kinds, sizeof(kinds));
	return s;
}

/* A new memslot of guest_memfd that stays, on a machine that may report all it can. */
static void begin(void)
{
	unsigned int i;

	memset(&f, 0, sizeof(f));
	oracle_init(&f.o, NPAGES);
	account_init(&f.a, NR_VCPUS, NPAGES, NR_KINDS);
	f.a.load = fake_load;
	f.a.stays = true;
	f.a.keeps = true;
	f.a.settled = true;
	f.a.reads_warm = true;
	f.a.first_read = true;
	f.a.failed_write = true;
	f.a.effects[TRY] = OP_TRIES;
	f.a.effects[WRITE] = OP_WRITES;
	f.a.effects[WRITE_WIDE] = OP_WRITES;
	f.a.effects[EMULATED] = OP_WRITES;
	f.a.first_emulated = EMULATED;
	for (i = 0; i < NR_VCPUS; i++) {
		f.streams[i] = make_stream(i);
		f.a.vcpus[i].stream = f.streams[i];
	}
}

static void end(void)
{
	oracle_free(&f.o);
	account_free(&f.a);
}

static void read_counters(void)
{
	rewind_counters();
	account_read_before(&f.a);
	account_read_after(&f.a);
}

static void harvest(void)
{
	read_counters();
	account_harvest(&f.a, &f.o);
}

/* The harvest reports @page, if that is one, and the next interval begins. */
static u64 judge(u64 page)
{
	struct pageset reported;
	u64 bad;

	pageset_init(&reported, NPAGES);
	if (page < NPAGES)
		pageset_set(&reported, page);
	bad = oracle_judge(&f.o, &reported);
	pageset_free(&reported);
	account_next(&f.a);
	return bad;
}

/* --- ops ------------------------------------------------------------------------- */

enum sort {
	A_READ, A_CROSSING_READ, A_TRY, A_WRITE, A_CROSSING_WRITE, AN_EMULATED_WRITE,
};

static bool is_sort(const struct stream_op *op, u32 pages, enum sort sort)
{
	switch (sort) {
	case A_READ:
		return op->kind < TRY && pages == 1;
	case A_CROSSING_READ:
		return op->kind < TRY && pages == 2;
	case A_TRY:
		return op->kind == TRY;
	case A_WRITE:
		return (op->kind == WRITE || op->kind == WRITE_WIDE) && pages == 1;
	case A_CROSSING_WRITE:
		return op->kind == WRITE_WIDE && pages == 2;
	case AN_EMULATED_WRITE:
		return op->kind == EMULATED;
	}
	return false;
}

/* The first op of vCPU 0 from @n on that is one of @sort, and not on page @other. */
static u64 find(enum sort sort, u64 n, u64 other, struct stream_op *op)
{
	for (;; n++) {
		*op = stream_op(f.streams[0], n);
		if (op->page != other && op->page + 1 != other && op->page != other + 1 &&
		    is_sort(op, stream_pages(f.streams[0], op), sort))
			return n;
	}
}

/* Where an op is to be, in the order in which it gets there. */
enum spot { NOT_YET, BEGUN_LATER, UNDER_WAY, ENDED_BETWEEN, FINISHED };

static void place(u64 n, enum spot where)
{
	f.at[0] = (struct places) {
		.before = n + (where == FINISHED),
		.begun = n + (where >= UNDER_WAY),
		.ended = n + (where >= ENDED_BETWEEN),
		.after = n + (where >= BEGUN_LATER),
	};
}

/* The only op of vCPU 0 that counts is @n. */
static void only(u64 n, enum spot where)
{
	account_resume(&f.a, 0, n);
	place(n, where);
}

/*
 * The sets that have the page as letters: m must, a may, l late, o around, b busy,
 * f buffered, r the ring of vCPU 0, R another's.
 */
static const char *sets_of(u64 page)
{
	static char letters[9];
	const struct {
		char letter;
		const struct pageset *set;
	} sets[] = {
		{ 'm', &f.o.must }, { 'a', &f.o.may }, { 'l', &f.o.late },
		{ 'o', &f.o.around }, { 'b', &f.o.busy }, { 'f', &f.o.buffered },
		{ 'r', &f.a.vcpus[0].may },
		{ 'R', &f.a.vcpus[1].may },
	};
	char *at = letters;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sets); i++)
		if (pageset_test(sets[i].set, page))
			*at++ = sets[i].letter;
	*at = 0;
	return letters;
}

/* The pages of @op are in @sets, and no other is in any. */
static bool sets_are(const struct stream_op *op, const char *sets)
{
	u32 pages = stream_pages(f.streams[0], op);
	bool good = true;
	u64 page;

	for (page = 0; page < NPAGES; page++)
		good &= !strcmp(sets_of(page), page - op->page < pages ? sets : "");
	return good;
}

/* --- one op and one harvest --------------------------------------------------------- */

/* What is unlike begin(). */
enum but {
	NOTHING = 0, NO_READS = 1, NO_TRIES = 2, WARM = 4, UNMAPS = 8, MOVES = 16,
	DIVERTED = 32,
};

static const struct single {
	enum sort sort;
	unsigned int but;
	/* By place: NOT_YET is nothing always. */
	const char *begun_later, *under_way, *ended_between, *finished;
	const char *name;
} singles[] = {
	{ A_WRITE, 0, "alor", "alobr", "alor", "mr", "write" },
	{ A_CROSSING_WRITE, 0, "alor", "alobr", "alor", "mr", "write across two pages" },
	{ AN_EMULATED_WRITE, 0, "alor", "alobr", "alor", "mr", "emulated write" },
	{ A_WRITE, WARM, "alor", "alobr", "alor", "mr", "write to a warm page" },
	{ A_WRITE, NO_READS | NO_TRIES, "alor", "alobr", "alor", "mr",
	  "write where nothing else may be reported" },
	{ A_WRITE, MOVES, "aor", "aobr", "aor", "mr", "write, memslots come and go" },
	{ A_WRITE, MOVES | NO_READS, "aor", "aobr", "aor", "mr",
	  "write, memslots come and go, no first reads" },
	{ A_WRITE, MOVES | DIVERTED, "aor", "aobr", "aor", "ar", "diverted write" },
	{ A_READ, MOVES | DIVERTED, "aor", "aobr", "aor", "ar", "diverted read" },
	{ A_READ, 0, "aor", "aobr", "aor", "ar", "first read" },
	{ A_CROSSING_READ, 0, "aor", "aobr", "aor", "ar", "first read across two pages" },
	{ A_READ, NO_TRIES, "aor", "aobr", "aor", "ar", "first read, no failed writes" },
	{ A_READ, WARM, "", "", "", "", "read of a warm page" },
	{ A_CROSSING_READ, WARM, "", "", "", "", "read across two warm pages" },
	{ A_READ, WARM | UNMAPS, "aor", "aobr", "aor", "ar", "read of what may be unmapped" },
	{ A_READ, NO_READS, "", "", "", "", "read that may not be reported" },
	{ A_READ, NO_READS | UNMAPS, "", "", "", "", "the same of what may be unmapped" },
	{ A_TRY, 0, "aor", "aobr", "aor", "ar", "compare that fails" },
	{ A_TRY, WARM, "aor", "aobr", "aor", "ar", "compare that fails on a warm page" },
	{ A_TRY, NO_READS, "aor", "aobr", "aor", "ar", "compare that fails, no first reads" },
	{ A_TRY, NO_TRIES, "", "", "", "", "compare that fails and may not be reported" },
};

static bool try_single(const struct single *s, enum spot where, const char *sets)
{
	struct stream_op op;
	bool good;
	u64 n;

	begin();
	f.a.first_read = !(s->but & NO_READS);
	f.a.failed_write = !(s->but & NO_TRIES);
	f.a.keeps = !(s->but & UNMAPS);
	f.a.stays = !(s->but & MOVES);
	n = find(s->sort, 0, -1, &op);
	if (s->but & WARM)
		pageset_fill(&f.a.warm);
	if (s->but & DIVERTED)
		account_divert(&f.a, 0, n);
	only(n, where);
	harvest();
	good = sets_are(&op, sets) && f.a.ops == (where == FINISHED) &&
	       f.a.straddlers == (where != FINISHED && where != NOT_YET) &&
	       f.a.busy == (where == UNDER_WAY) &&
	       f.a.writes == (where == FINISHED && f.a.effects[op.kind] == OP_WRITES &&
			      !(s->but & DIVERTED));
	end();
	return good;
}

static void test_single(const struct single *s)
{
	ok(try_single(s, NOT_YET, ""), "%s, not yet begun: nothing", s->name);
	ok(try_single(s, BEGUN_LATER, s->begun_later), "%s, begun meanwhile: %s", s->name,
	   s->begun_later);
	ok(try_single(s, UNDER_WAY, s->under_way), "%s, under way: %s", s->name,
	   s->under_way);
	ok(try_single(s, ENDED_BETWEEN, s->ended_between), "%s, ended between: %s", s->name,
	   s->ended_between);
	ok(try_single(s, FINISHED, s->finished), "%s, finished: %s", s->name, s->finished);
}

/* --- the readings ------------------------------------------------------------------ */

static void test_readings(void)
{
	const u64 *order[] = {
		&f.streams[0]->done, &f.streams[1]->done,
		&f.streams[0]->started, &f.streams[1]->started,
		&f.streams[0]->done, &f.streams[1]->done,
	};

	begin();
	rewind_counters();
	account_read_before(&f.a);
	ok(f.nr_readings == ARRAY_SIZE(order) && !memcmp(f.readings, order, sizeof(order)),
	   "done of all, then started of all, then done of all");
	f.nr_readings = 0;
	account_read_after(&f.a);
	ok(f.nr_readings == 2 && !memcmp(f.readings, order + 2, 2 * sizeof(*order)),
	   "started of all after the harvest");
	end();
}

/* Twenty ops between the readings: one is under way. */
static void test_one_busy(void)
{
	begin();
	f.at[0] = (struct places) { .before = 5, .begun = 9, .ended = 8, .after = 25 };
	f.at[1] = (struct places) { .before = 5, .begun = 9, .ended = 9, .after = 25 };
	harvest();
	ok(f.a.ops == 10 && f.a.straddlers == 40 && f.a.busy == 1,
	   "of 40 straddlers one is under way");
	end();
}

/* --- from one harvest to the next ----------------------------------------------------- */

static void test_straddler_after(void)
{
	struct stream_op op;
	u64 n, stray;

	begin();
	n = find(A_CROSSING_WRITE, 0, -1, &op);
	only(n, BEGUN_LATER);
	harvest();
	ok(!judge(NPAGES), "a straddler is not due in the harvest");
	ok(!strcmp(sets_of(op.page), "ar") && !strcmp(sets_of(op.page + 1), "ar"),
	   "it may show in the next, and in the ring");
	place(n, FINISHED);
	harvest();
	ok(!f.a.ops, "it is accounted for once");
	ok(judge(NPAGES) == 2, "and due in the next on both pages");
	ok(!strcmp(sets_of(op.page), ""), "then it may not show any more");
	place(n, FINISHED);
	harvest();
	ok(judge(op.page) == 1, "nor may it");
	stray = account_find(&f.a, 0, op.page, false, &n);
	ok(!stray, "nor is it blamed");
	end();
}

static void test_warm(enum sort sort, enum spot where, unsigned int after, const char *name)
{
	unsigned int harvests = 0;
	struct stream_op op;
	u64 n;

	begin();
	n = find(sort, 0, -1, &op);
	only(n, where);
	do {
		harvest();
		judge(op.page);
		place(n, FINISHED);
		harvests++;
	} while (harvests < 5 && !pageset_test(&f.a.warm, op.page));
	ok(harvests == after, "%s: warm after %u harvests", name, harvests);
	ok(pageset_count(&f.a.warm) == (after < 5 ? stream_pages(f.streams[0], &op) : 0),
	   "%s: no other page is", name);
	end();
}

static void test_left(void)
{
	struct pageset left;

	begin();
	pageset_init(&left, NPAGES);
	pageset_set(&left, 3);
	account_left(&f.o, &left);
	ok(pageset_test(&f.o.must, 3) && pageset_count(&f.o.must) == 1,
	   "what was not cleared must show again");
	ok(!pageset_count(&left), "once");
	pageset_free(&left);
	end();
}

static void test_log_begun(enum spot where, const char *sets, const char *name)
{
	struct stream_op op;
	u64 n;

	begin();
	n = find(A_CROSSING_WRITE, 0, -1, &op);
	only(n, where);
	read_counters();
	account_log_begun(&f.a, &f.o);
	ok(sets_are(&op, sets), "log begun, write %s: %s", name, sets);
	ok(f.a.vcpus[0].from == f.at[0].after && f.a.vcpus[0].prev == f.at[0].after,
	   "log begun, write %s: forgotten", name);
	/* And account_settle() asks for nothing. */
	f.a.stays = false;
	rewind_counters();
	f.at[0].before = n + 1;
	account_settle(&f.a, &f.o, &f.o.must);
	ok(!pageset_count(&f.o.must), "log begun, write %s: nothing due", name);
	end();
}

/* A straddler where memslots come and go. */
static void test_settle(enum sort sort, unsigned int but, bool done, bool reported,
			bool due, const char *name)
{
	struct stream_op op;
	struct pageset log;
	u64 n;

	begin();
	f.a.stays = !(but & MOVES);
	n = find(sort, 0, -1, &op);
	only(n, UNDER_WAY);
	harvest();
	pageset_init(&log, NPAGES);
	if (reported)
		pageset_set(&log, op.page);
	judge(reported ? op.page : NPAGES);
	if (but & DIVERTED)
		account_divert(&f.a, 0, n);
	rewind_counters();
	f.at[0].before = n + done;
	f.at[0].ended = n + done;
	account_settle(&f.a, &f.o, &log);
	ok(pageset_count(&f.o.must) == due && pageset_test(&f.o.must, op.page) == due,
	   "%s: %s", name, due ? "due" : "not due");
	pageset_free(&log);
	end();
}

/* What is left of a ring that has @page and, where it is a page, @other. */
static bool leaves(u32 vcpu, u64 page, u64 other, u64 left)
{
	struct pageset ring;
	bool good;

	pageset_init(&ring, NPAGES);
	pageset_set(&ring, page);
	if (other < NPAGES)
		pageset_set(&ring, other);
	account_ring(&f.a, vcpu, &ring);
	good = pageset_count(&ring) == (left < NPAGES) &&
	       pageset_next(&ring, 0) == left;
	pageset_free(&ring);
	return good;
}

static void test_rings(void)
{
	struct stream_op op;
	u64 n, other;

	begin();
	n = find(A_WRITE, 0, -1, &op);
	other = (op.page + 1) % NPAGES;
	only(n, FINISHED);
	harvest();
	ok(leaves(0, op.page, NPAGES, NPAGES), "a page in the ring of who wrote it");
	ok(leaves(1, op.page, NPAGES, op.page), "a page in another's ring");
	ok(leaves(0, op.page, other, other), "a page beside it");
	judge(op.page);
	ok(leaves(0, op.page, NPAGES, op.page), "the next ring has it no more");
	end();
}

/* Is the page noted as one that KVM may have had to map for a read? */
static const struct reading {
	enum sort sort;
	unsigned int but;
	bool finished, straddles, carried;
	const char *name;
} readings[] = {
	{ A_WRITE, 0, false, false, false, "a write" },
	{ A_READ, 0, true, true, true, "a read" },
	{ A_CROSSING_READ, 0, true, true, true, "a read across two pages" },
	{ A_TRY, 0, true, true, true, "a compare that fails" },
	{ A_READ, WARM, false, false, false, "a read of a warm page" },
	{ A_TRY, WARM, false, false, false, "a compare that fails on a warm page" },
	{ A_READ, WARM | UNMAPS, true, true, true, "a read of what may be unmapped" },
	{ A_READ, MOVES | DIVERTED, false, true, true, "a diverted read" },
};

static bool try_reading(const struct reading *r, enum spot where, bool next)
{
	struct stream_op op;
	u64 n, pages;

	begin();
	f.a.settled = !(r->but & UNMAPS);
	f.a.stays = !(r->but & MOVES);
	n = find(r->sort, 0, -1, &op);
	if (r->but & WARM)
		pageset_fill(&f.a.warm);
	if (r->but & DIVERTED)
		account_divert(&f.a, 0, n);
	only(n, where);
	harvest();
	if (next)
		judge(NPAGES);
	pages = pageset_count(&f.a.vcpus[0].read);
	end();
	return pages && pages == stream_pages(f.streams[0], &op);
}

static void test_reading(const struct reading *r)
{
	ok(try_reading(r, FINISHED, false) == r->finished, "%s, finished: noted", r->name);
	ok(!try_reading(r, FINISHED, true), "%s, finished: and forgotten", r->name);
	ok(try_reading(r, UNDER_WAY, false) == r->straddles, "%s, under way: noted", r->name);
	ok(try_reading(r, UNDER_WAY, true) == r->carried, "%s, under way: kept", r->name);
}

/* Of what is not guest_memfd only a write makes a page what it stays. */
static void test_reads_warm(enum sort sort, bool reads_warm, bool warm, const char *name)
{
	struct stream_op op;

	begin();
	f.a.reads_warm = reads_warm;
	only(find(sort, 0, -1, &op), FINISHED);
	harvest();
	judge(op.page);
	ok(pageset_test(&f.a.warm, op.page) == warm, "%s: %swarm", name, warm ? "" : "not ");
	end();
}

static void test_find(void)
{
	struct stream_op op, other;
	u64 n, m, found;

	begin();
	f.a.stays = false;
	n = find(A_CROSSING_WRITE, 0, -1, &op);
	only(n, FINISHED);
	harvest();
	ok(account_find(&f.a, 0, op.page, true, &found) && found == n, "the first page's op");
	ok(account_find(&f.a, 0, op.page + 1, true, &found) && found == n,
	   "the second page's op");
	ok(!account_find(&f.a, 0, op.page + 2, false, &found), "no page's after it");
	ok(!account_find(&f.a, 1, op.page, false, &found), "no other vCPU's");
	account_divert(&f.a, 0, n);
	ok(!account_find(&f.a, 0, op.page, true, &found), "a diverted op has not written");
	ok(account_find(&f.a, 0, op.page, false, &found), "but touched");
	m = find(A_READ, n + 1, op.page, &other);
	only(m, BEGUN_LATER);
	harvest();
	ok(account_find(&f.a, 0, other.page, false, &found) && found == m, "a straddling read");
	ok(!account_find(&f.a, 0, other.page, true, &found), "has not written");
	judge(NPAGES);
	place(m, FINISHED);
	harvest();
	ok(account_find(&f.a, 0, other.page, false, &found), "the next harvest knows it still");
	end();
}

static void test_diverted(void)
{
	bool good = true;
	u64 n;

	begin();
	for (n = 0; n < 1000; n += 3)
		account_divert(&f.a, 0, n);
	for (n = 0; n < 1000; n++)
		good &= !account_is_diverted(&f.a, 0, n);
	ok(good, "none where the memslot stays");
	f.a.stays = false;
	for (n = 0; n < 1000; n++)
		good &= account_is_diverted(&f.a, 0, n) == !(n % 3);
	ok(good, "every third op");
	ok(!account_is_diverted(&f.a, 1, 3), "of one vCPU");
	end();
}

/* --- what is in a CPU's buffer -------------------------------------------------------- */

#define BUFFERED_HARVESTS 6

/*
 * One op of vCPU 0, finished before the first harvest and never reported: at each of
 * the harvests that has sets, how often the vCPU has left its guest, and where the page
 * is; with a - it is lost.
 */
static const struct buffered {
	enum sort sort;
	struct {
		u64 exits;
		const char *sets;
	} at[BUFFERED_HARVESTS];
	const char *name;
} buffereds[] = {
	{ A_WRITE, { { 5, "maofr" }, { 5, "aofr" }, { 5, "aofr" } }, "never left" },
	{ A_WRITE, { { 5, "maofr" }, { 6, "aofr" }, { 7, "-ar" }, { 7, "" } },
	  "left once, and again" },
	{ A_WRITE, { { 5, "maofr" }, { 7, "-ar" }, { 7, "" } }, "left twice" },
	{ A_WRITE, { { 5, "maofr" }, { 99, "-ar" }, { 99, "" } }, "left often" },
	{ A_WRITE, { { 5, "maofr" }, { 5, "aofr" }, { 5, "aofr" }, { 5, "aofr" },
		     { 5, "aofr" }, { 7, "-ar" } }, "left after many harvests" },
	{ A_WRITE, { { ACCOUNT_OUT, "-mr" }, { 5, "" }, { 5, "" } }, "out of KVM_RUN" },
	{ A_WRITE, { { 5, "maofr" }, { ACCOUNT_OUT, "-ar" }, { 7, "" } },
	  "out of KVM_RUN for the second" },
	{ A_TRY, { { 5, "aofr" }, { 6, "aofr" }, { 7, "ar" }, { 7, "" } },
	  "compare that fails" },
	{ A_CROSSING_READ, { { 5, "ar" }, { 5, "" } }, "read" },
	{ AN_EMULATED_WRITE, { { 5, "-mr" }, { 5, "" } }, "emulated write" },
};

/* Where CPUs have buffers: an op of @sort of vCPU 0, the only one, is @where. */
static u64 begin_buffered(enum sort sort, enum spot where, struct stream_op *op)
{
	u64 n;

	begin();
	f.a.exits = fake_exits;
	n = find(sort, 0, -1, op);
	only(n, where);
	return n;
}

static void test_buffered(const struct buffered *b)
{
	struct stream_op op;
	const char *sets;
	unsigned int i;
	u64 n, found;
	bool lost;

	n = begin_buffered(b->sort, FINISHED, &op);
	for (i = 0; i < BUFFERED_HARVESTS && b->at[i].sets; i++) {
		lost = *b->at[i].sets == '-';
		sets = b->at[i].sets + lost;
		f.exits = b->at[i].exits;
		harvest();
		ok(sets_are(&op, sets), "%s, harvest %u: %s", b->name, i, sets);
		ok(account_find(&f.a, 0, op.page, false, &found) || !*sets,
		   "%s, harvest %u: it can be blamed", b->name, i);
		ok(judge(NPAGES) == lost * stream_pages(f.streams[0], &op),
		   "%s, harvest %u: %s", b->name, i, lost ? "lost" : "not lost");
		place(n, FINISHED);
	}
	end();
}

/* What another vCPU's buffer may hold is no less late for that; nor is what is begun. */
static void test_buffer_of_another(void)
{
	struct stream_op op;
	u64 n;

	n = begin_buffered(A_CROSSING_WRITE, ENDED_BETWEEN, &op);
	oracle_written(&f.o, op.page + 1);
	harvest();
	ok(!judge(NPAGES), "written by one, and another's buffer may have it: not lost");
	place(n, FINISHED);
	harvest();
	ok(!judge(NPAGES), "nor when that has finished and not left");
	place(n, FINISHED);
	f.exits = 9;
	harvest();
	ok(judge(NPAGES) == 2, "but when it has");
	end();
}

/* It writes when the vCPU is back in its guest. */
static void test_begun_and_out(void)
{
	struct stream_op op;
	u64 n;

	n = begin_buffered(A_WRITE, UNDER_WAY, &op);
	f.exits = ACCOUNT_OUT;
	harvest();
	ok(!judge(NPAGES), "begun, and then out of KVM_RUN: not lost");
	place(n, FINISHED);
	f.exits = 5;
	harvest();
	ok(!judge(NPAGES), "nor when it has written and not left again");
	end();
}

static void test_exits_come_last(void)
{
	begin();
	f.a.exits = fake_exits;
	rewind_counters();
	account_read_before(&f.a);
	ok(f.nr_readings == 8 && f.readings[5] && !f.readings[6] && !f.readings[7],
	   "exits of all after all counters");
	end();
}

/* A new log gets what a buffer has had since before it. */
static void test_log_begun_buffered(void)
{
	struct stream_op op;
	u64 n;

	n = begin_buffered(A_WRITE, FINISHED, &op);
	harvest();
	judge(op.page);
	place(n, FINISHED);
	read_counters();
	oracle_reset(&f.o);
	account_log_begun(&f.a, &f.o);
	ok(sets_are(&op, "ar"), "log begun, write in a buffer: it may show");
	place(n, FINISHED);
	harvest();
	ok(sets_are(&op, "aofr") && !judge(op.page), "and later, should it stay there");
	end();
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(singles); i++)
		test_single(&singles[i]);
	test_readings();
	test_one_busy();
	test_straddler_after();
	for (i = 0; i < ARRAY_SIZE(readings); i++)
		test_reading(&readings[i]);
	test_reads_warm(A_READ, true, true, "a read of guest_memfd");
	test_reads_warm(A_READ, false, false, "a read of other memory");
	test_reads_warm(A_WRITE, false, true, "a write to other memory");
	test_warm(A_READ, FINISHED, 1, "finished");
	test_warm(A_CROSSING_READ, FINISHED, 1, "finished on two pages");
	test_warm(A_WRITE, FINISHED, 1, "written");
	test_warm(A_READ, BEGUN_LATER, 2, "begun meanwhile");
	test_warm(A_CROSSING_READ, UNDER_WAY, 2, "under way on two pages");
	test_warm(AN_EMULATED_WRITE, FINISHED, 5, "emulated");
	test_left();
	test_log_begun(FINISHED, "", "before");
	test_log_begun(UNDER_WAY, "ar", "under way");
	test_log_begun(BEGUN_LATER, "ar", "begun meanwhile");
	test_log_begun(NOT_YET, "", "not yet begun");
	test_settle(A_WRITE, MOVES, true, false, true, "a write that found the memslot");
	test_settle(A_WRITE, MOVES, true, true, false, "a write that was reported");
	test_settle(A_WRITE, MOVES, false, false, false, "a write not finished");
	test_settle(A_WRITE, MOVES | DIVERTED, true, false, false, "a diverted write");
	test_settle(A_READ, MOVES, true, false, false, "a read");
	test_settle(A_TRY, MOVES, true, false, false, "a compare that fails");
	test_settle(A_WRITE, 0, true, false, false, "a write where the memslot stays");
	test_rings();
	test_find();
	test_diverted();
	for (i = 0; i < ARRAY_SIZE(buffereds); i++)
		test_buffered(&buffereds[i]);
	test_buffer_of_another();
	test_begun_and_out();
	test_exits_come_last();
	test_log_begun_buffered();
	return unit_end();
}
