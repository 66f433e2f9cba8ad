// SPDX-License-Identifier: GPL-2.0-only
/*
 * oracle.c: by hand, and against the rules written out once more (logmodel.c)
 * over random runs whose log is right, or wrong in a way that is known.
 */
#include <string.h>

#include "logjudge.h"
#include "oracle.h"
#include "unit.h"

#define NR_SEEDS 1000
#define NR_RIGHT 5000

/* --- by hand -------------------------------------------------------------- */

#define SCRIPT_PAGES 130

/*
 * A script is words: w3 page 3 was written, a3 it is allowed, s3 a write to it
 * straddles the coming harvest, o3 a read that may mark it does, b3 one of them was
 * under way when it began, f3 a CPU's buffer may have it then, r3 that harvest will
 * report it, | is the harvest, whose verdict follows: -3 lost, +3 spurious. x forgets
 * everything. W and R are every page written and reported, and ~3 but not page 3.
 */
static const struct script {
	const char *name;
	const char *words;
} scripts[] = {
	{ "nothing written, nothing reported", "|" },
	{ "written and reported", "w3 r3 |" },
	{ "every page by itself", "w0 w63 w64 w127 w128 w129 r0 r63 r64 r127 r128 r129 |" },
	{ "written twice is reported once", "w3 w3 r3 |" },
	{ "written and not reported is lost", "w3 | -3" },
	{ "what was lost is not asked for again", "w3 | -3 |" },
	{ "reported a harvest late is lost, then spurious", "w3 | -3 r3 | +3" },
	{ "reported a harvest early is spurious, then lost", "r3 | +3 w3 | -3" },
	{ "not written and reported is spurious", "r3 | +3" },
	{ "a neighbour in place of a page", "w64 r63 | -64 +63" },
	{ "reported twice", "w3 r3 | r3 | +3" },
	{ "written again", "w3 r3 | w3 r3 |" },
	{ "written again and lost", "w3 r3 | w3 | -3" },
	{ "the last page of all", "w129 | -129 r129 | +129" },
	{ "every page written", "W R |" },
	{ "every page written, and one not reported", "W R ~129 | -129" },
	{ "allowed and reported", "a5 r5 |" },
	{ "allowed and not reported", "a5 |" },
	{ "an allowance ends with the harvest", "a5 | r5 | +5" },
	{ "allowed and written must be reported", "a5 w5 | -5" },
	{ "a straddler in the harvest", "s7 r7 |" },
	{ "a straddler in the next", "s7 | r7 |" },
	{ "a straddler in both", "s7 r7 | r7 |" },
	{ "a straddler in neither", "s7 | | -7" },
	{ "a straddler two harvests late", "s7 | | -7 r7 | +7" },
	{ "a straddler three times", "s7 r7 | r7 | r7 | +7" },
	{ "a straddler that was seen is not owed", "s7 r7 | |" },
	{ "one under way in the harvest", "s7 b7 r7 |" },
	{ "one under way in the next", "s7 b7 | r7 |" },
	{ "one under way in neither", "s7 b7 | | -7" },
	{ "written, and straddled: in the harvest", "w7 s7 r7 |" },
	{ "written, and straddled: no excuse", "w7 s7 | -7 r7 |" },
	{ "written, and straddled: in neither", "w7 s7 | -7 | -7" },
	{ "written, and one under way: in the harvest", "w7 s7 b7 r7 |" },
	{ "written, and one under way: in the next", "w7 s7 b7 | r7 |" },
	{ "written, and one under way: in neither", "w7 s7 b7 | | -7" },
	{ "the order of telling does not matter", "b7 s7 w7 | r7 |" },
	{ "one page's excuse is no other's", "w6 s7 b7 | -6 r7 |" },
	{ "written, and read around: in the harvest", "w7 o7 r7 |" },
	{ "written, and read around: no excuse", "w7 o7 | -7 r7 |" },
	{ "written, and a read under way: in the next", "w7 b7 | r7 |" },
	{ "written, and a read under way: in neither", "w7 b7 | | -7" },
	{ "written, and a read under way: in both", "w7 b7 r7 | r7 |" },
	{ "read around leaves nothing due", "o7 | |" },
	{ "read around may show on both sides", "o7 r7 | r7 | r7 | +7" },
	{ "read around may show in the next", "o7 | r7 |" },
	{ "a read under way leaves nothing due", "b7 | |" },
	{ "a read under way may show on both sides", "b7 r7 | r7 | r7 | +7" },
	{ "owed, and straddled again: no excuse", "s7 | s7 | -7 r7 |" },
	{ "owed by what has not finished, and straddles again", "s7 | u7 s7 | r7 |" },
	{ "what has not finished is owed when it has", "s7 | u7 s7 | | -7" },
	{ "what has not finished, and a neighbour that has", "s7 s8 | u7 s7 | -8 r7 |" },
	{ "what has not finished is no excuse for a write", "s7 r7 | w7 u7 s7 | -7 r7 |" },
	{ "owed, and read around: no excuse", "s7 | o7 | -7 r7 |" },
	{ "owed, and one under way: two harvests late", "s7 | s7 b7 | r7 |" },
	{ "owed, and a read under way: two harvests late", "s7 | b7 | r7 |" },
	{ "owed, and a read under way: lost in the third", "s7 | b7 | | -7" },
	{ "put off once only", "w7 b7 | s7 b7 | -7 r7 |" },
	{ "put off twice, and under way thrice", "s7 | s7 b7 | s7 b7 | -7 r7 |" },
	{ "put off, seen, and straddled", "w7 s7 b7 | s7 r7 | |" },
	{ "owed and written again: once is enough", "s7 | w7 r7 | |" },
	{ "owed, and lost once only", "s7 | | -7 |" },
	{ "written, and in a buffer: in the harvest", "w7 f7 r7 |" },
	{ "written, and in a buffer: in the next", "w7 f7 | r7 |" },
	{ "written, and in a buffer: in neither", "w7 f7 | | -7" },
	{ "written, and in a buffer: in both", "w7 f7 r7 | r7 | r7 | +7" },
	{ "in a buffer twice: in the third", "w7 f7 | f7 | r7 |" },
	{ "in a buffer twice: in none", "w7 f7 | f7 | | -7" },
	{ "put off, and in a buffer then", "w7 b7 | f7 | r7 |" },
	{ "in a buffer, and one under way then: no excuse", "w7 f7 | b7 | -7 r7 |" },
	{ "owed, and in a buffer", "s7 | f7 | r7 |" },
	{ "owed, and in a buffer: lost in the third", "s7 | f7 | | -7" },
	{ "in a buffer, and nothing due", "f7 | |" },
	{ "one page's buffer is no other's", "w6 f7 | -6 r7 |" },
	{ "a reset forgets what is in a buffer", "f3 x w3 | -3 r3 | +3" },
	{ "a reset forgets a write", "w3 x | r3 | +3" },
	{ "a reset forgets an allowance", "a3 x r3 | +3" },
	{ "a reset forgets a straddler", "s3 x | | r3 | +3" },
	{ "a reset forgets a straddler beside a read", "s3 x o5 | |" },
	{ "a reset forgets what is owed", "s3 | x | r3 | +3" },
	{ "a reset forgets what was put off", "w3 b3 | x | r3 | +3" },
	{ "a reset forgets it beside a write", "s3 | x w5 r5 | r3 | +3" },
	{ "a reset forgets what was put off beside a write", "w3 b3 | x w5 r5 | r3 | +3" },
	{ "a reset forgets who is busy", "b3 x w3 | -3 r3 | +3" },
	{ "a reset forgets a read around", "o3 x | r3 | +3" },
};

/* @lost and @spurious: what the words have said since the last harvest. */
struct player {
	struct oracle o;
	struct pageset reported, lost, spurious;
	u64 findings;
	bool good;
};

static bool same_set(const struct pageset *a, const struct pageset *b)
{
	return !memcmp(a->words, b->words, pageset_nr_words(a) * sizeof(*a->words));
}

/* The verdict of the last harvest has been told in full. */
static void play_verdict(struct player *p)
{
	p->good &= same_set(&p->lost, &p->o.lost) &&
		   same_set(&p->spurious, &p->o.spurious) &&
		   p->findings == pageset_count(&p->lost) +
				  pageset_count(&p->spurious);
	pageset_zero(&p->lost);
	pageset_zero(&p->spurious);
}

static void play_harvest(struct player *p)
{
	play_verdict(p);
	p->findings = oracle_judge(&p->o, &p->reported);
	pageset_zero(&p->reported);
}

static void play_word(struct player *p, char what, u64 page)
{
	switch (what) {
	case 'w':
		return oracle_written(&p->o, page);
	case 'a':
		return oracle_allowed(&p->o, page);
	case 's':
		return oracle_straddled(&p->o, page);
	case 'u':
		return oracle_unfinished(&p->o, page);
	case 'o':
		return oracle_around(&p->o, page);
	case 'b':
		return oracle_busy(&p->o, page);
	case 'f':
		return oracle_buffered(&p->o, page);
	case 'r':
		return pageset_set(&p->reported, page);
	case '-':
		return pageset_set(&p->lost, page);
	case '+':
		return pageset_set(&p->spurious, page);
	case 'x':
		return oracle_reset(&p->o);
	case '|':
		return play_harvest(p);
	case 'W':
		return oracle_written_all(&p->o);
	case 'R':
		return pageset_fill(&p->reported);
	case '~':
		return pageset_clear(&p->reported, page);
	}
	p->good = false;
}

static void play_words(struct player *p, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		play_word(p, words[0], len > 1 ? strtoul(words + 1, NULL, 10) : 0);
		words += len + strspn(words + len, " ");
	}
	play_verdict(p);
}

static void test_script(const struct script *s)
{
	struct player p = { .good = true };

	oracle_init(&p.o, SCRIPT_PAGES);
	pageset_init(&p.reported, SCRIPT_PAGES);
	pageset_init(&p.lost, SCRIPT_PAGES);
	pageset_init(&p.spurious, SCRIPT_PAGES);
	play_words(&p, s->words);
	ok(p.good, "%s: %s", s->name, s->words);
	oracle_free(&p.o);
	pageset_free(&p.reported);
	pageset_free(&p.lost);
	pageset_free(&p.spurious);
}

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->findings == b->findings &&
	       !memcmp(a->lost, b->lost, sizeof(a->lost)) &&
	       !memcmp(a->spurious, b->spurious, sizeof(a->spurious));
}

/* --- runs whose log is right ---------------------------------------------- */

static struct run run;
static struct rules rules;
static bool clean[RUN_HARVESTS][RUN_PAGES];
static u64 run_seed;

/* Even seeds are drawn, odd ones simulated.  The last run is kept. */
static void load(u64 seed)
{
	struct rng rng = { .state = seed };

	if (seed != run_seed) {
		(seed % 2 ? run_simulate : run_draw)(&run, &rng);
		rules_derive(&rules, &run);
		memcpy(clean, run.reported, sizeof(clean));
		run_seed = seed;
	}
	memcpy(run.reported, clean, sizeof(clean));
}

static void test_right(const char *how, u64 first, u64 runs)
{
	u64 late = 0, put_off = 0, i;
	struct verdict v;

	for (i = 0; i < runs; i++) {
		load(first + 2 * i);
		late += rules_count_late(&rules, &run);
		put_off += rules_count_put_off(&rules, &run);
		oracle_verdict(&v, &run, EXCUSE_UNDER_WAY);
		if (v.findings)
			break;
	}
	ok(i == runs, "%llu right logs, %s: no finding (seed %llu)",
	   (unsigned long long)runs, how, (unsigned long long)run_seed);
	ok(late > runs, "right logs, %s: %llu writes as late as can be", how,
	   (unsigned long long)late);
	/* Else nobody knows whether excuses are needed at all. */
	ok(put_off > runs / 10, "right logs, %s: %llu writes need an excuse", how,
	   (unsigned long long)put_off);
}

/* --- runs whose log is wrong ---------------------------------------------- */

/* Where to plant: @log is what harvest @k reported of @slot. */
struct plot {
	struct rng *rng;
	unsigned int k, slot;
	bool *log;
};

static bool *log_of(unsigned int k, unsigned int slot)
{
	return &run.reported[k][slot * RUN_SLOT_PAGES];
}

/* The pages the words of a log have bits for. */
static unsigned int nr_bits(void)
{
	return (run.npages + 63) / 64 * 64;
}

static unsigned int any_page(const struct plot *p)
{
	return rng_below(p->rng, run.npages);
}

/* A reported page, most likely, if there is one. */
static unsigned int any_reported(const struct plot *p, const bool *log)
{
	unsigned int i, page = any_page(p);

	for (i = 0; i < run.npages && !log[page]; i++)
		page = (page + 1) % run.npages;
	return page;
}

static unsigned int any_word(const struct plot *p)
{
	return any_reported(p, p->log) / 64 * 64;
}

static void lost_bit(const struct plot *p)
{
	p->log[any_reported(p, p->log)] = false;
}

static void extra_bit(const struct plot *p)
{
	p->log[any_page(p)] = true;
}

static void shifted_up(const struct plot *p)
{
	memmove(p->log + 1, p->log, run.npages - 1);
	p->log[0] = false;
}

static void shifted_down(const struct plot *p)
{
	memmove(p->log, p->log + 1, run.npages - 1);
	p->log[run.npages - 1] = false;
}

static void swap_logs(bool *a, bool *b)
{
	bool tmp[RUN_SLOT_PAGES];

	memcpy(tmp, a, sizeof(tmp));
	memcpy(a, b, sizeof(tmp));
	memcpy(b, tmp, sizeof(tmp));
}

static void swapped_slots(const struct plot *p)
{
	swap_logs(p->log, log_of(p->k, !p->slot));
}

static void swapped_harvests(const struct plot *p)
{
	if (p->k)
		swap_logs(p->log, log_of(p->k - 1, p->slot));
}

static void move_page(const struct plot *p, unsigned int to)
{
	unsigned int page = any_reported(p, p->log);

	if (to >= RUN_HARVESTS || !p->log[page])
		return;
	p->log[page] = false;
	log_of(to, p->slot)[page] = true;
}

static void late_by_one(const struct plot *p)
{
	move_page(p, p->k + 1);
}

static void late_by_two(const struct plot *p)
{
	move_page(p, p->k + 2);
}

static void early_by_one(const struct plot *p)
{
	if (p->k)
		move_page(p, p->k - 1);
}

static void log_late_by_one(const struct plot *p)
{
	unsigned int i;

	if (p->k + 1 == RUN_HARVESTS)
		return;
	for (i = 0; i < run.npages; i++)
		log_of(p->k + 1, p->slot)[i] |= p->log[i];
	memset(p->log, false, run.npages);
}

static void stale_tail(const struct plot *p)
{
	if (nr_bits() > run.npages)
		p->log[run.npages + rng_below(p->rng, nr_bits() - run.npages)] = true;
}

static void previous_repeated(const struct plot *p)
{
	if (p->k)
		memcpy(p->log, log_of(p->k - 1, p->slot), run.npages);
}

static void previous_added(const struct plot *p)
{
	unsigned int i;

	for (i = 0; p->k && i < run.npages; i++)
		p->log[i] |= log_of(p->k - 1, p->slot)[i];
}

static void stuck_bit(const struct plot *p)
{
	unsigned int k, page = any_reported(p, p->log);

	for (k = p->k; p->log[page] && k < RUN_HARVESTS; k++)
		log_of(k, p->slot)[page] = true;
}

static void word_lost(const struct plot *p)
{
	memset(p->log + any_word(p), false, 64);
}

static void word_duplicated(const struct plot *p)
{
	unsigned int word = any_word(p);

	if (word + 64 < nr_bits())
		memcpy(p->log + word + 64, p->log + word, 64);
}

static void word_moved(const struct plot *p)
{
	unsigned int word = any_word(p);

	word_duplicated(p);
	memset(p->log + word, false, 64);
}

static void word_halves_swapped(const struct plot *p)
{
	bool *word = p->log + any_word(p), half[32];

	memcpy(half, word, 32);
	memcpy(word, word + 32, 32);
	memcpy(word + 32, half, 32);
}

static void word_upper_half_lost(const struct plot *p)
{
	memset(p->log + any_word(p) + 32, false, 32);
}

static void word_reversed(const struct plot *p)
{
	bool *word = p->log + any_word(p), old[64];
	unsigned int i;

	memcpy(old, word, 64);
	for (i = 0; i < 64; i++)
		word[i] = old[63 - i];
}

static void first_page_lost(const struct plot *p)
{
	p->log[0] = false;
}

static void last_page_lost(const struct plot *p)
{
	p->log[run.npages - 1] = false;
}

static void tail_word_lost(const struct plot *p)
{
	memset(p->log + run.npages / 64 * 64, false, nr_bits() - run.npages / 64 * 64);
}

static void empty_log(const struct plot *p)
{
	memset(p->log, false, run.npages);
}

static void full_log(const struct plot *p)
{
	memset(p->log, true, run.npages);
}

static void inverted_log(const struct plot *p)
{
	unsigned int i;

	for (i = 0; i < run.npages; i++)
		p->log[i] = !p->log[i];
}

/* As if each bit stood for a huge page. */
static void rounded_to_blocks(const struct plot *p)
{
	unsigned int i, block = any_reported(p, p->log) / 8 * 8;

	for (i = block; p->log[block] && i < block + 8 && i < run.npages; i++)
		p->log[i] = true;
}

/* Only the marks of vCPUs that @keep has a bit for. */
static void keep_vcpus(const struct plot *p, unsigned int keep)
{
	unsigned int i;

	memset(p->log, false, run.npages);
	for (i = 0; i < run.nr_marks; i++) {
		const struct run_mark *m = &run.marks[i];

		if (m->harvest == p->k && m->page / RUN_SLOT_PAGES == p->slot &&
		    (keep & (1 << m->vcpu)))
			run.reported[p->k][m->page] = true;
	}
}

static void vcpu_alone(const struct plot *p)
{
	keep_vcpus(p, 1 << rng_below(p->rng, RUN_VCPUS));
}

static void vcpu_lost(const struct plot *p)
{
	keep_vcpus(p, ~(1 << rng_below(p->rng, RUN_VCPUS)));
}

/*
 * Each changes the log of one harvest, or leaves it when that harvest has
 * nothing to be changed.
 */
static const struct kind {
	const char *name;
	void (*plant)(const struct plot *p);
} kinds[] = {
	{ "lost bit", lost_bit },
	{ "extra bit", extra_bit },
	{ "log shifted up by a page", shifted_up },
	{ "log shifted down by a page", shifted_down },
	{ "slots swapped", swapped_slots },
	{ "harvests swapped", swapped_harvests },
	{ "page late by one harvest", late_by_one },
	{ "page late by two harvests", late_by_two },
	{ "page early by one harvest", early_by_one },
	{ "log late by one harvest", log_late_by_one },
	{ "stale bit past the last page", stale_tail },
	{ "previous harvest repeated", previous_repeated },
	{ "previous harvest not cleared", previous_added },
	{ "bit never cleared", stuck_bit },
	{ "word lost", word_lost },
	{ "word duplicated 64 pages off", word_duplicated },
	{ "word 64 pages off", word_moved },
	{ "halves of a word swapped", word_halves_swapped },
	{ "upper half of a word lost", word_upper_half_lost },
	{ "bits of a word reversed", word_reversed },
	{ "first page lost", first_page_lost },
	{ "last page lost", last_page_lost },
	{ "tail word lost", tail_word_lost },
	{ "empty log", empty_log },
	{ "all-ones log", full_log },
	{ "inverted log", inverted_log },
	{ "pages rounded to blocks", rounded_to_blocks },
	{ "one vCPU's log for all", vcpu_alone },
	{ "one vCPU's log missing", vcpu_lost },
};

/* Tries in one run, and runs, before giving up on planting. */
#define NR_TRIES 20
#define NR_RUNS 40

/*
 * A change may happen to be none, or one that the rules let pass: draw again
 * until they forbid it.
 */
static bool plant(const struct kind *kind, u64 seed, struct verdict *expected)
{
	struct rng rng = { .state = ~seed };
	unsigned int try;

	for (try = 0; try < NR_TRIES * NR_RUNS; try++) {
		struct plot p = {
			.rng = &rng,
			.k = rng_below(&rng, RUN_HARVESTS),
			.slot = rng_below(&rng, RUN_SLOTS),
		};

		load(seed + try / NR_TRIES * NR_SEEDS);
		p.log = log_of(p.k, p.slot);
		kind->plant(&p);
		rules_judge(expected, &rules, &run);
		if (expected->findings)
			return true;
	}
	return false;
}

/* By kind. */
static unsigned int planted[ARRAY_SIZE(kinds)], found[ARRAY_SIZE(kinds)],
		    named[ARRAY_SIZE(kinds)];

static void test_seed(u64 seed)
{
	struct verdict expected, v;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!plant(&kinds[i], seed, &expected))
			continue;
		oracle_verdict(&v, &run, EXCUSE_UNDER_WAY);
		planted[i]++;
		found[i] += !!v.findings;
		named[i] += same_verdict(&v, &expected);
	}
}

static void test_wrong(void)
{
	size_t i;
	u64 seed;

	for (seed = 1; seed <= NR_SEEDS; seed++)
		test_seed(seed);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		ok(planted[i] == NR_SEEDS && found[i] == NR_SEEDS && named[i] == NR_SEEDS,
		   "%s: planted %u, found %u, pages named right %u",
		   kinds[i].name, planted[i], found[i], named[i]);
}

/* With a number: that many right logs of either sort, and nothing else. */
int main(int argc, char **argv)
{
	u64 runs = argc > 1 ? strtoull(argv[1], NULL, 0) : NR_RIGHT;
	size_t i;

	for (i = 0; argc == 1 && i < ARRAY_SIZE(scripts); i++)
		test_script(&scripts[i]);
	test_right("as late as allowed", 2, runs);
	test_right("simulated", 1, runs);
	if (argc == 1)
		test_wrong();
	return unit_end();
}
