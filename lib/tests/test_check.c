// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c: what a harvest's verdict says, of which page first, and what is left of it
 * once known failures have taken their pages.  Memslots and their logs are made up here;
 * oracle.c, known.c and report.c are the real ones.
 */
#include <string.h>

#include "check.h"
#include "fake_mmu.h"
#include "harvest.h"
#include "options.h"
#include "report.h"
#include "unit.h"

#define NPAGES 192
/* Pages that KVM could map at once. */
#define BLOCK 64
#define BLOCK_PAGES 64

static struct subject huge = { .name = "huge", .huge_pages = true };
static struct backing backing = { .subject = &huge };
static struct testvm vm;
static struct testslot slots[2];
static struct pageset interrupted;
static char reason[2048];

const struct guest_kind store_u64 = { .name = "store_u64", .bytes = 8 };

/* --- in place of memslot.c and harvest.c -------------------------------------------- */

struct testslot *testvm_next_slot(struct testvm *t, struct testslot *prev, bool logged)
{
	int i = prev ? prev - slots + 1 : 0;

	while (i < t->nr_slots && logged && !slots[i].logged)
		i++;
	return i < t->nr_slots ? &slots[i] : NULL;
}

u64 testslot_block(const struct testslot *s, u64 page, u64 *first)
{
	*first = BLOCK;
	return page - BLOCK < BLOCK_PAGES ? BLOCK_PAGES : 0;
}

bool ring_unreset_page(const struct testslot *s, u64 page)
{
	return pageset_test(&interrupted, page);
}

/* The test has filled in what it reports. */
void harvest(struct testvm *t)
{
	t->nr_harvests++;
}

/* --- scripts ------------------------------------------------------------------------ */

static void make_slot(struct testslot *s, int id)
{
	memset(s, 0, sizeof(*s));
	s->t = &vm;
	s->id = id;
	s->gfn = 1000 * id;
	s->npages = NPAGES;
	s->logged = true;
	s->backing = &backing;
	pageset_init(&s->reported, NPAGES);
	pageset_init(&s->backup, NPAGES);
	pageset_init(&s->read, NPAGES);
	pageset_init(&s->taken, NPAGES);
	pageset_init(&s->taken_now, NPAGES);
	pageset_init(&s->before[0], NPAGES);
	pageset_init(&s->before[1], NPAGES);
	oracle_init(&s->oracle, NPAGES);
}

static void drop_slot(struct testslot *s)
{
	pageset_free(&s->reported);
	pageset_free(&s->backup);
	pageset_free(&s->read);
	pageset_free(&s->taken);
	pageset_free(&s->taken_now);
	pageset_free(&s->before[0]);
	pageset_free(&s->before[1]);
	oracle_free(&s->oracle);
}

static void blame_nobody(const struct testslot *s, u64 page, char *buf, size_t size)
{
	snprintf(buf, size, "op=7:live vcpu=3");
}

/* An op of the guest's on @page, for telling who did it. */
static void do_op(struct testslot *s, u64 page)
{
	static struct guest_op ops[64];

	vm.ops = ops;
	ops[vm.nr_ops++] = (struct guest_op) {
		.gva = (s->gfn + page) * vm.page_size + 8, .kind = &store_u64, .vcpu = 1,
	};
}

/*
 * Words as in test_oracle.c: w3 page 3 was written, a3 is allowed, d3 is read, i3 was in
 * the batch of an interrupted reset, o3 an op touched it, r3 the coming harvest reports it,
 * | is the harvest.  Of the second memslot when it comes after a comma.
 */
static void play_word(const char *word)
{
	struct testslot *s = &slots[0];
	u64 page;

	if (*word == ',') {
		s = &slots[1];
		word++;
	}
	page = strtoul(word + 1, NULL, 10);
	switch (*word) {
	case 'w':
		return oracle_written(&s->oracle, page);
	case 'a':
		return oracle_allowed(&s->oracle, page);
	case 'd':
		return pageset_set(&s->read, page);
	case 'i':
		return pageset_set(&interrupted, page);
	case 'o':
		return do_op(s, page);
	case 'r':
		return pageset_set(&s->reported, page);
	}
}

/* True when every harvest was good. */
static bool play(const char *words)
{
	char copy[512], *word, *rest;
	bool good = true;

	snprintf(copy, sizeof(copy), "%s", words);
	for (word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (*word != '|') {
			play_word(word);
			continue;
		}
		good &= check_harvest(&vm);
		pageset_zero(&slots[0].reported);
		pageset_zero(&slots[1].reported);
	}
	return good;
}

/*
 * @live:	ops straddle harvests
 * @known:	how many pages are known
 * @first:	how the failure begins, or NULL when there is none
 * @has:	what is in it besides, or NULL
 */
static const struct script {
	const char *name, *test;
	bool live;
	const char *words;
	u64 known;
	const char *first, *has;
} scripts[] = {
	{ "nothing wrong", "stress.anon_thp.ring.x", false,
	  "w3 r3 |", 0, NULL, NULL },
	{ "a page lost", "stress.anon_thp.ring.x", false,
	  "w3 o3 |", 0, "lost page=3 gfn=0x3eb slot=1 offset=0x3 op=0:store_u64 vcpu=1 harvest=0",
	  " lost=1 spurious=0 " },
	{ "a page too many", "stress.anon_thp.ring.x", false,
	  "r3 |", 0, "spurious page=3 gfn=0x3eb slot=1 offset=0x3 op=none vcpu=-1 harvest=0",
	  " lost=0 spurious=1 " },
	{ "who touched it last", "stress.anon_thp.ring.x", false,
	  "o3 w4 o4 o3 o5 w3 r4 |", 0, "lost page=3 gfn=0x3eb slot=1 offset=0x3 op=2:", NULL },
	{ "who knows better is asked", "stress.anon_thp.ring.x", true,
	  "w3 o3 |", 0, "lost page=3 gfn=0x3eb slot=1 offset=0x3 op=7:live vcpu=3", NULL },
	{ "what was done before the last harvest is forgotten", "stress.anon_thp.ring.x", false,
	  "o3 w3 r3 | w3 |", 0, "lost page=3 gfn=0x3eb slot=1 offset=0x3 op=none", NULL },
	{ "lost pages before others", "stress.anon_thp.ring.x", false,
	  "r3 w9 w12 |", 0, "lost page=9 ", "\n#    spurious page=3 " },
	{ "the second memslot", "stress.anon_thp.ring.x", false,
	  "w3 r3 ,w5 |", 0, "lost page=5 gfn=0x7d5 slot=2", NULL },

	{ "a block", "stress.anon_thp.ring.x", false,
	  "w64 w65 w127 r64 |", 2, NULL, NULL },
	{ "a block for one page", "stress.anon_thp.ring.x", false,
	  "w90 r64 |", 2, NULL, NULL },
	{ "a block for a read", "stress.anon_thp.ring.x", false,
	  "d90 r64 |", 1, NULL, NULL },
	{ "a block for nothing", "stress.anon_thp.ring.x", false,
	  "r64 |", 0, "spurious page=64 ", " spurious=1 " },
	{ "a block for another's page", "stress.anon_thp.ring.x", false,
	  "w130 r130 d63 r64 |", 0, "spurious page=64 ", NULL },
	{ "a block of which nothing is reported", "stress.anon_thp.ring.x", false,
	  "w64 w65 w127 |", 0, "lost page=64 ", " lost=3 spurious=0 " },
	{ "a page before the block", "stress.anon_thp.ring.x", false,
	  "w63 w65 w127 r64 |", 3, "lost page=63 ", " lost=1 spurious=0 " },
	{ "a page behind it", "stress.anon_thp.ring.x", false,
	  "w65 w127 w128 r64 |", 3, "lost page=128 ", " known=3 " },
	{ "a spurious page in it", "stress.anon_thp.ring.x", false,
	  "w64 w65 r64 r99 |", 1, "spurious page=99 ", " lost=0 spurious=1 " },
	{ "a block reported the harvest before", "stress.anon_thp.ring.x", false,
	  "w64 r64 | w65 |", 0, "lost page=65 ", NULL },
	{ "the same where writes straddle", "stress.anon_thp.ring.x", true,
	  "w64 r64 | w65 |", 1, NULL, NULL },
	{ "and the one before", "stress.anon_thp.ring.x", true,
	  "w64 r64 | | w65 |", 1, NULL, NULL },
	{ "and no further", "stress.anon_thp.ring.x", true,
	  "w64 r64 | | | w65 |", 0, "lost page=65 ", NULL },
	{ "a block in a test without rows", "basic.anon_thp.ring.x", false,
	  "w64 w65 r64 |", 0, "lost page=65 ", NULL },
	{ "a block with a bitmap", "stress.anon_thp.bitmap.x", false,
	  "w64 w65 r64 |", 0, "lost page=65 ", NULL },

	{ "a read", "stress.anon.ring.x", false, "d3 r3 |", 1, NULL, NULL },
	{ "a read and a page nobody read", "stress.anon.ring.x", false,
	  "d3 r3 r4 r2 |", 1, "spurious page=2 ", " lost=0 spurious=2 " },
	{ "a read is forgotten with the harvest", "stress.anon.ring.x", false,
	  "d3 | r3 |", 0, "spurious page=3 ", NULL },
	{ "a read of the other memslot", "stress.anon.ring.x", false,
	  "d3 ,r3 |", 0, "spurious page=3 ", " slot=2 " },
	{ "reads hide nothing that is lost", "stress.anon.ring.x", false,
	  "d3 r3 w4 |", 1, "lost page=4 ", NULL },

	{ "an interrupted reset", "stress.anon.ring.signals", false,
	  "i3 w3 |", 1, NULL, NULL },
	{ "an interrupted reset and another page", "stress.anon.ring.signals", false,
	  "i3 w3 w2 |", 1, "lost page=2 ", " lost=1 " },
	{ "a page too many after it", "stress.anon.ring.signals", false,
	  "i3 r3 |", 0, "spurious page=3 ", NULL },
};

static void set_up(const struct script *s)
{
	memset(&vm, 0, sizeof(vm));
	vm.page_size = 4096;
	vm.nr_slots = 2;
	vm.blame = s->live ? blame_nobody : NULL;
	make_slot(&slots[0], 1);
	make_slot(&slots[1], 2);
	pageset_init(&interrupted, NPAGES);
	report_begin(s->test, reason, sizeof(reason), known_failure, NULL);
	known_begin(s->test);
}

static void take_down(void)
{
	drop_slot(&slots[0]);
	drop_slot(&slots[1]);
	pageset_free(&interrupted);
}

static void set_shown(bool shown)
{
	enum finding f;

	for (f = 0; f < NR_FINDINGS; f++)
		known_set_shown(f, shown);
}

/* The page that a failure names first is not listed below it again. */
static bool first_is_told_once(void)
{
	char first[32];
	size_t len = strcspn(reason, "=");

	len += strcspn(reason + len, " ") + 1;
	snprintf(first, sizeof(first), "%.*s", (int)len, reason);
	return !strstr(reason + 1, first);
}

static void test_script(const struct script *s)
{
	bool good;

	set_shown(true);
	set_up(s);
	good = play(s->words);
	ok(good == !s->first && report_failures() == !good, "%s: %s", s->name,
	   good ? "good" : "failed");
	ok(known_times() == s->known, "%s: %lu pages are known", s->name, known_times());
	ok(s->first ? !strncmp(reason, s->first, strlen(s->first)) : !reason[0],
	   "%s: says first: %.60s", s->name, reason);
	if (s->first)
		ok(first_is_told_once(), "%s: says it once", s->name);
	if (s->has)
		ok(strstr(reason, s->has), "%s: says%s", s->name, s->has);
	take_down();
	if (!s->known)
		return;
	set_shown(false);
	set_up(s);
	ok(!play(s->words) && report_failures() && !known_times(),
	   "%s: a failure where no probe shows it", s->name);
	take_down();
}

static const struct script plain = { .test = "stress.anon_thp.ring.x" };

/* What was taken as lost is remembered, for the image; what was read is not. */
static void test_taken(void)
{
	set_shown(true);
	set_up(&plain);
	play("w64 w65 d3 r3 r64 | w66 w64 r64 |");
	ok(check_facts(&slots[0], 65).bits & check_facts(&slots[0], 66).bits & PAGE_TAKEN,
	   "lost pages that were taken");
	ok(!((check_facts(&slots[0], 3).bits | check_facts(&slots[0], 64).bits |
	      check_facts(&slots[1], 65).bits) & PAGE_TAKEN), "and no others");
	ok(!(check_facts(&slots[0], 3).bits & PAGE_READ), "reads are forgotten");
	take_down();
}

/* A vCPU's page in the bitmap of a mode that has a ring. */
static void test_backup(void)
{
	set_up(&plain);
	pageset_set(&slots[1].backup, 4);
	play("|");
	ok(report_failures() == 1 && strstr(reason, "bitmap instead of ring page=4 slot=2"),
	   "a page in the bitmap instead of the ring");
	take_down();
	set_up(&plain);
	vm.kvm_writes = true;
	pageset_set(&slots[1].backup, 4);
	play("|");
	ok(!report_failures(), "or one that KVM wrote by itself");
	take_down();
}

/* An op that wrote @val, seen at 16 bytes into page 5. */
static void note_write(u8 *mem, u64 harvest, u64 op, u64 val)
{
	struct history_entry e = {
		.mem = mem, .harvest = harvest, .op = op, .vcpu = 1, .kind = &store_u64,
	};

	memcpy(e.after, &val, sizeof(val));
	history_add(&vm.history, &e);
}

/* A failure names the op whose value should be there, and whose it is. */
static void test_content_ops(void)
{
	static u8 mem[NPAGES * 4096], expected[NPAGES * 4096];
	u64 wrong = 0x1122, right = 0x3344, strange = 0x1155, at = 5 * 4096 + 16;

	set_up(&plain);
	backing.hva = mem;
	backing.expected = expected;
	note_write(mem + at, 3, 7, wrong);
	note_write(mem + at, 4, 1, right);
	note_write(mem + at + 8, 4, 2, wrong);
	memcpy(mem + at, &wrong, sizeof(wrong));
	memcpy(expected + at, &right, sizeof(right));
	ok(!check_pages(&slots[0], 5, 1) &&
	   strstr(reason, "expected=0x44 (op=1:store_u64 vcpu=1 harvest=4)") &&
	   strstr(reason, "found=0x22 (op=7:store_u64 vcpu=1 harvest=3)"), "the op before");
	history_free(&vm.history);
	take_down();

	set_up(&plain);
	note_write(mem + at, 3, 7, wrong);
	memcpy(mem + at, &strange, sizeof(strange));
	ok(!check_pages(&slots[0], 5, 1) &&
	   strstr(reason, "harvest=3) found=0x55 (op=none)"), "nobody's value");
	history_free(&vm.history);
	take_down();
}

static void test_content(void)
{
	static u8 mem[NPAGES * 4096], expected[NPAGES * 4096];
	struct testslot *s = &slots[0];

	set_up(&plain);
	backing.hva = mem;
	backing.expected = expected;
	ok(check_pages(s, 0, NPAGES), "the same content");
	mem[5 * 4096 + 9] = 1;
	ok(check_pages(s, 0, 5) && check_pages(s, 6, 1000), "pages that are not asked for");
	ok(!check_pages(s, 5, 1) &&
	   strstr(reason, "content page=5 byte=9 slot=1 expected=0 (op=none) found=0x1 (op=none)"),
	   "another content");
	mem[5 * 4096 + 9] = 0;
	mem[NPAGES * 4096 - 1] = 1;
	ok(!check_pages(s, 0, NPAGES), "the last byte");
	take_down();
}

int main(void)
{
	size_t i;

	options.program = "./prog";
	fake_mmu = MMU_STAGE2;
	for (i = 0; i < ARRAY_SIZE(scripts); i++)
		test_script(&scripts[i]);
	test_taken();
	test_backup();
	test_content();
	test_content_ops();
	return unit_end();
}
