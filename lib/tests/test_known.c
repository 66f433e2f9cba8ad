// SPDX-License-Identifier: GPL-2.0-only
/*
 * known.c: which pages and failures findings explain, of which tests, on which machines,
 * and that nothing is known but what a probe has shown.
 */
#include <string.h>

#include "fake_mmu.h"
#include "known.h"
#include "unit.h"

#define NPAGES 130

static const struct page_facts *facts_of;

static struct page_facts facts(const void *ctx, u64 page)
{
	return facts_of[page];
}

/* --- single pages ---------------------------------------------------------------- */

/*
 * @finding:	the only one that shows
 * @bits:	of the page; @saw: of the test
 * @known:	is it taken
 */
static const struct page_case {
	const char *name, *test;
	enum mmu mmu;
	enum finding finding;
	enum wrong wrong;
	u32 bits, saw;
	const char *kind;
	bool known;
} page_cases[] = {
	{ "a read", "basic.anon.ring.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", true },
	{ "a read in the smallest ring", "basic.anon_thp.ring_small.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", true },
	{ "a walk, which is no op", "basic.shmem.ring_pieces.pt_first_walk", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "", true },
	{ "a fetch", "basic.gmem_alias.ring.execute", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "execute", true },
	{ "a first fetch", "basic.gmem_alias.ring.first_execute", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "execute", true },
	{ "what nobody read", "basic.anon.ring.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, 0, 0, "", false },
	{ "what was read and is lost", "basic.anon.ring.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_LOST, PAGE_READ, 0, "load_u64", false },
	{ "a read with a bitmap", "basic.anon.bitmap.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read with rings and a bitmap", "basic.anon.ring_bitmap.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read of guest_memfd", "basic.gmem.ring.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read of mapped guest_memfd", "basic.gmem_mapped.ring.first_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read of warm pages", "basic.anon.ring.warm_read", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read on x86", "basic.anon.ring.first_read", MMU_TDP, FINDING_RING_READS,
	  WRONG_SPURIOUS, PAGE_READ, 0, "load_u64", false },
	{ "a read under stress", "stress.anon.ring.harvests", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_SPURIOUS, PAGE_READ, 0, "", true },
	{ "a read in another's ring", "stress.anon.ring.harvests", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_RING, PAGE_READ, 0, "", true },
	{ "what nobody read in another's ring", "stress.anon.ring.harvests", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_RING, PAGE_IN_BLOCK | PAGE_TAKEN, 0, "", false },
	{ "a lost page that was read", "stress.anon.ring.harvests", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_LOST, PAGE_READ | PAGE_IN_BLOCK, 0, "", false },

	{ "in a block", "basic.anon_thp.ring.every_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_IN_BLOCK, 0, "store_u64", true },
	{ "in a block of hugetlbfs", "basic.hugetlb.ring_small.huge_1g", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_IN_BLOCK, 0, "store_u64", true },
	{ "in no block", "basic.anon_thp.ring.every_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, 0, 0, "store_u64", false },
	{ "the first page of a block", "basic.anon_thp.ring.every_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_HEADS_BLOCK, 0, "store_u64", false },
	{ "the first page for another", "basic.hugetlb.ring.third_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_SPURIOUS, PAGE_HEADS_BLOCK, 0, "", true },
	{ "a page in a block that nobody wrote", "basic.hugetlb.ring.third_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_SPURIOUS, PAGE_IN_BLOCK, 0, "", false },
	{ "of memory without blocks", "basic.anon.ring.every_page", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_IN_BLOCK, 0, "store_u64", false },
	{ "another test", "basic.anon_thp.ring.rewrite", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_IN_BLOCK, 0, "store_u64", false },
	{ "in a block under stress", "stress.hugetlb.ring.harvests", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_IN_BLOCK, 0, "", true },
	{ "lost for no reason under stress", "stress.hugetlb.ring.harvests", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_LOST, PAGE_READ, 0, "", false },
	{ "the image of what was lost", "stress.anon_thp.ring.toggles", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_IMAGE, PAGE_TAKEN, 0, "", true },
	{ "the image of what was not lost", "stress.anon_thp.ring.toggles", MMU_STAGE2,
	  FINDING_RING_BLOCKS, WRONG_IMAGE, PAGE_IN_BLOCK, 0, "", false },
	{ "blocks where only reads show", "stress.hugetlb.ring.harvests", MMU_STAGE2,
	  FINDING_RING_READS, WRONG_LOST, PAGE_IN_BLOCK, 0, "", false },

	{ "an interrupted reset", "stress.gmem.ring.signals", MMU_STAGE2, FINDING_SIGNAL,
	  WRONG_LOST, PAGE_UNRESET, 0, "", true },
	{ "the same on x86", "stress.anon.ring_bitmap.signals", MMU_SHADOW, FINDING_SIGNAL,
	  WRONG_LOST, PAGE_UNRESET, 0, "", true },
	{ "a reset nobody interrupted", "stress.gmem.ring.signals", MMU_TDP, FINDING_SIGNAL,
	  WRONG_LOST, PAGE_READ | PAGE_IN_BLOCK, 0, "", false },
	{ "the image after an interrupted reset", "stress.gmem.ring.signals", MMU_TDP,
	  FINDING_SIGNAL, WRONG_IMAGE, PAGE_UNRESET, 0, "", true },
	{ "the image after a loss", "stress.gmem.ring.signals", MMU_TDP, FINDING_SIGNAL,
	  WRONG_IMAGE, PAGE_TAKEN, 0, "", true },
	{ "the image for no reason", "stress.gmem.ring.signals", MMU_TDP, FINDING_SIGNAL,
	  WRONG_IMAGE, PAGE_READ, 0, "", false },
	{ "an interrupted reset's spurious page", "stress.gmem.ring.signals", MMU_TDP,
	  FINDING_SIGNAL, WRONG_SPURIOUS, PAGE_UNRESET, 0, "", false },
	{ "an interrupted reset elsewhere", "stress.gmem.ring.toggles", MMU_TDP,
	  FINDING_SIGNAL, WRONG_LOST, PAGE_UNRESET, 0, "", false },
	{ "no ring to reset", "stress.gmem.bitmap.signals", MMU_TDP, FINDING_SIGNAL,
	  WRONG_LOST, PAGE_UNRESET, 0, "", false },

	{ "a prefault that overran", "basic.anon.ring.prefault_overflow", MMU_TDP,
	  FINDING_PREFAULT, WRONG_LOST, 0, SAW_OVERRUN, "store_u64", true },
	{ "a prefault that did not", "basic.anon.ring.prefault_overflow", MMU_TDP,
	  FINDING_PREFAULT, WRONG_LOST, 0, 0, "store_u64", false },
	{ "a prefault without accessed bits", "basic.anon.ring.prefault_overflow",
	  MMU_TDP_NOAD, FINDING_PREFAULT, WRONG_LOST, 0, SAW_OVERRUN, "store_u64", false },
	{ "a page nobody wrote after it", "basic.anon.ring.prefault_overflow", MMU_TDP,
	  FINDING_PREFAULT, WRONG_SPURIOUS, 0, SAW_OVERRUN, "", false },
	{ "a string that overran", "basic.anon.ring_small.emulated", MMU_SHADOW,
	  FINDING_STRING, WRONG_LOST, 0, SAW_OVERRUN, "fep_rep_stosb", true },
	{ "another instruction", "basic.anon.ring_small.emulated", MMU_SHADOW,
	  FINDING_STRING, WRONG_LOST, 0, SAW_OVERRUN, "fep_store_u8", false },
	{ "a string that did not", "basic.anon.ring_small.emulated", MMU_SHADOW,
	  FINDING_STRING, WRONG_LOST, 0, 0, "fep_rep_stosb", false },
	{ "a larger ring", "basic.anon.ring.emulated", MMU_SHADOW,
	  FINDING_STRING, WRONG_LOST, 0, SAW_OVERRUN, "fep_rep_stosb", false },
	{ "a page beside a stale entry", "basic.gmem.ring.ring_stale_entry", MMU_STAGE2,
	  FINDING_STALE_ENTRY, WRONG_LOST, PAGE_UNRESET, 0, "store_u64", true },
	{ "a page of another batch", "basic.gmem.ring.ring_stale_entry", MMU_TDP,
	  FINDING_STALE_ENTRY, WRONG_LOST, 0, 0, "store_u64", false },
	{ "a page too many beside it", "basic.gmem.ring.ring_stale_entry", MMU_TDP,
	  FINDING_STALE_ENTRY, WRONG_SPURIOUS, PAGE_UNRESET, 0, "store_u64", false },
	{ "a stray write's page", "basic.gmem.bitmap.emulated_stray", MMU_TDP_NOAD,
	  FINDING_NULL, WRONG_SPURIOUS, 0, SAW_STRAY_WRITE, "insb", true },
	{ "a page without a stray write", "basic.gmem.bitmap.emulated_stray", MMU_TDP,
	  FINDING_NULL, WRONG_SPURIOUS, 0, 0, "insb", false },
	{ "another page beside it", "basic.gmem.bitmap.emulated_stray", MMU_TDP,
	  FINDING_NULL, WRONG_SPURIOUS, 0, SAW_STRAY_WRITE, "", false },
};

static void show_only(enum finding f)
{
	enum finding i;

	for (i = 0; i < NR_FINDINGS; i++)
		known_set_shown(i, i == f);
}

/* Is a page of @c taken, by the finding of that case? */
static bool is_taken(const struct page_case *c)
{
	struct page_facts f = { .bits = c->bits, .kind = c->kind };
	struct pageset set, taken;
	u64 left;
	bool good;

	pageset_init(&set, 1);
	pageset_init(&taken, 1);
	pageset_set(&set, 0);
	facts_of = &f;
	left = known_subtract(c->wrong, &set, &taken, facts, NULL);
	good = left == pageset_count(&set) && left + pageset_count(&taken) == 1 &&
	       known_times() == pageset_count(&taken);
	pageset_free(&set);
	pageset_free(&taken);
	return ok(good, "%s: counted", c->name) && !left;
}

static void test_page(const struct page_case *c)
{
	fake_mmu = c->mmu;
	show_only(c->finding);
	known_begin(c->test);
	known_saw(c->saw);
	ok(is_taken(c) == c->known, "%s: %s", c->name, c->known ? "known" : "not known");
	if (!c->known)
		return;
	show_only(NR_FINDINGS);
	known_begin(c->test);
	known_saw(c->saw);
	ok(!is_taken(c), "%s: not where no probe shows it", c->name);
}

/* Whatever a machine's MMU, its rows are for it alone. */
static void test_mmus(void)
{
	static const char * const test[NR_FINDINGS] = {
		[FINDING_RING_READS] = "basic.anon.ring.first_read",
		[FINDING_RING_BLOCKS] = "basic.anon_thp.ring.every_page",
		[FINDING_SIGNAL] = "stress.anon.ring.signals",
		[FINDING_CLEAN_ENTRY] = "basic.anon.ring.ring_never_dirty",
		[FINDING_STALE_ENTRY] = "basic.anon.ring.ring_stale_entry",
		[FINDING_PREFAULT] = "basic.anon.ring.prefault_overflow",
		[FINDING_STRING] = "basic.anon.ring_small.emulated",
		[FINDING_NULL] = "basic.gmem.bitmap.emulated_stray",
	};
	static const unsigned int mmus[NR_FINDINGS] = {
		[FINDING_RING_READS] = MMU_STAGE2,
		[FINDING_RING_BLOCKS] = MMU_STAGE2,
		[FINDING_SIGNAL] = MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW | MMU_STAGE2,
		[FINDING_CLEAN_ENTRY] = MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW | MMU_STAGE2,
		[FINDING_STALE_ENTRY] = MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW | MMU_STAGE2,
		[FINDING_PREFAULT] = MMU_TDP,
		[FINDING_STRING] = MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW,
		[FINDING_NULL] = MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW,
	};
	enum finding f;
	bool good = true;

	for (fake_mmu = 1; fake_mmu <= MMU_STAGE2; fake_mmu *= 2)
		for (f = 0; f < NR_FINDINGS; f++)
			good &= known_concerns(f, test[f]) == !!(mmus[f] & fake_mmu);
	ok(good, "each finding on its MMUs");
	for (fake_mmu = 1; fake_mmu <= MMU_STAGE2; fake_mmu *= 2)
		for (f = 0; f < NR_FINDINGS; f++)
			good &= !known_concerns(f, "basic.gmem.bitmap.every_page");
	ok(good, "none concerns a test without rows");
}

/* --- sets ------------------------------------------------------------------------ */

/* Odd pages are known, those past 100 are not, and nothing else is touched. */
static void test_subtract(void)
{
	static struct page_facts f[NPAGES];
	struct pageset set, taken;
	char text[256];
	u64 page, left;
	bool good = true;

	fake_mmu = MMU_STAGE2;
	show_only(FINDING_RING_READS);
	known_begin("basic.anon.ring.first_read");
	pageset_init(&set, NPAGES);
	pageset_init(&taken, NPAGES);
	for (page = 0; page < NPAGES; page++) {
		f[page].kind = "load_u64";
		f[page].bits = page < 100 ? PAGE_READ : 0;
		if (page % 2)
			pageset_set(&set, page);
	}
	facts_of = f;
	left = known_subtract(WRONG_SPURIOUS, &set, &taken, facts, NULL);
	for (page = 0; page < NPAGES; page++) {
		good &= pageset_test(&set, page) == (page % 2 && page >= 100);
		good &= pageset_test(&taken, page) == (page % 2 && page < 100);
	}
	ok(good && left == 15, "of a mixture what is unknown is left: %lu", left);
	known_tell("spurious page=%d", 1);
	known_tell("spurious page=%d", 2);
	known_summary(text, sizeof(text));
	ok(!strncmp(text, "known=arm64-ring-without-bitmap pages=50 (", 42) &&
	   !strcmp(strchr(text, '('), "(docs/findings.md) spurious page=1"),
	   "and what was taken is told: %s", text);
	known_begin("basic.anon.ring.first_read");
	ok(!known_times(), "a test begins with nothing taken");
	pageset_free(&set);
	pageset_free(&taken);
}

/* Two findings in one test take each its own. */
static void test_two_findings(void)
{
	static struct page_facts f[2] = {
		{ .bits = PAGE_READ, .kind = "" }, { .bits = PAGE_IN_BLOCK, .kind = "" },
	};
	struct pageset set;
	char text[256];

	fake_mmu = MMU_STAGE2;
	show_only(FINDING_RING_READS);
	known_set_shown(FINDING_RING_BLOCKS, true);
	known_begin("stress.anon_thp.ring.harvests");
	pageset_init(&set, 2);
	pageset_set(&set, 0);
	facts_of = f;
	known_subtract(WRONG_SPURIOUS, &set, NULL, facts, NULL);
	pageset_set(&set, 1);
	known_subtract(WRONG_LOST, &set, NULL, facts, NULL);
	known_tell("lost page=1");
	known_summary(text, sizeof(text));
	ok(!strncmp(text, "known=arm64-ring-without-bitmap pages=1 ", 40) &&
	   !strcmp(text + 40,
		   "known=arm64-ring-marks-blocks pages=1 (docs/findings.md) lost page=1"),
	   "two findings: %s", text);
	known_summary(text, 10);
	ok(strlen(text) == 9, "a summary ends with its buffer");
	pageset_free(&set);
}

/* --- what is not about pages ------------------------------------------------------- */

static const struct line_case {
	const char *name, *test;
	enum finding finding;
	u32 saw;
	const char *line;
	bool known;
} line_cases[] = {
	{ "a stray write", "basic.gmem.ring.emulated_stray", FINDING_NULL, 0,
	  "stray write hva=0x20000 page=32 value=0x22 step=\"x\"", true },
	{ "another value", "basic.gmem.ring.emulated_stray", FINDING_NULL, 0,
	  "stray write hva=0x20000 page=32 value=0x23 step=\"x\"", false },
	{ "another page", "basic.gmem.ring.emulated_stray", FINDING_NULL, 0,
	  "stray write hva=0x20000 page=33 value=0x22 step=\"x\"", false },
	{ "a stray write with a mapping", "basic.gmem_mapped.ring.emulated_stray",
	  FINDING_NULL, 0, "stray write hva=0x20000 page=32 value=0x22 step=\"x\"", false },
	{ "a ring that overran", "basic.anon.ring.prefault_overflow", FINDING_PREFAULT,
	  SAW_OVERRUN, "ring full and nothing in it vcpu=0", true },
	{ "a ring that did not", "basic.anon.ring.prefault_overflow", FINDING_PREFAULT,
	  0, "ring full and nothing in it vcpu=0", false },
	{ "a string's ring", "basic.anon.ring_small.emulated", FINDING_STRING,
	  SAW_OVERRUN, "ring full and nothing in it vcpu=0", true },
	{ "another failure", "basic.anon.ring_small.emulated", FINDING_STRING,
	  SAW_OVERRUN, "content page=3", false },
	{ "a page's line is no such failure", "stress.anon.ring.signals", FINDING_SIGNAL,
	  0, "lost page=3", false },
};

static void test_line(const struct line_case *c)
{
	char text[256];

	fake_mmu = MMU_TDP;
	show_only(c->finding);
	known_begin(c->test);
	known_saw(c->saw);
	ok(known_failure(c->line) == c->known && known_times() == c->known, "%s: %s",
	   c->name, c->known ? "known" : "not known");
	if (!c->known)
		return;
	known_summary(text, sizeof(text));
	ok(strstr(text, c->line) && strstr(text, " pages=0 "), "%s: told, and is no page",
	   c->name);
	show_only(NR_FINDINGS);
	ok(!known_failure(c->line), "%s: not where no probe shows it", c->name);
}

static void test_splat(void)
{
	const char *splat = "WARNING: CPU: 0 PID: 1 at virt/kvm/dirty_ring.c:200 push";

	fake_mmu = MMU_TDP;
	show_only(FINDING_PREFAULT);
	known_begin("basic.anon.ring.prefault_overflow");
	ok(known_warns(), "a test may WARN");
	ok(!known_splat(splat), "a WARN without an overrun");
	known_saw(SAW_OVERRUN);
	ok(known_splat(splat), "a WARN for a ring that overran");
	ok(!known_splat("WARNING: CPU: 0 PID: 1 at virt/kvm/kvm_main.c:200"), "another WARN");
	known_begin("basic.anon.ring.every_page");
	known_saw(SAW_OVERRUN);
	ok(!known_splat(splat) && !known_warns(), "a WARN in another test");
	show_only(NR_FINDINGS);
	known_begin("basic.anon.ring.prefault_overflow");
	known_saw(SAW_OVERRUN);
	ok(!known_splat(splat) && !known_warns(), "a WARN where no probe shows it");
}

static void test_unseen(void)
{
	fake_mmu = MMU_TDP;
	show_only(FINDING_SIGNAL);
	known_begin("stress.anon.ring.signals");
	ok(known_unseen() && !strcmp(known_unseen(), "signal-forgets-ring-reset"),
	   "what could have shown is named");
	known_begin("stress.anon.ring.toggles");
	ok(!known_unseen(), "nothing could have");
	show_only(NR_FINDINGS);
	known_begin("stress.anon.ring.signals");
	ok(!known_unseen(), "nor where no probe shows it");
}

int main(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(page_cases); i++)
		test_page(&page_cases[i]);
	test_mmus();
	test_subtract();
	test_two_findings();
	for (i = 0; i < ARRAY_SIZE(line_cases); i++)
		test_line(&line_cases[i]);
	test_splat();
	test_unseen();
	return unit_end();
}
