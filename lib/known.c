// SPDX-License-Identifier: GPL-2.0-only
/* Known failures: what released kernels get wrong. */
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "known.h"

#define X86 (MMU_TDP | MMU_TDP_PML | MMU_TDP_NOAD | MMU_SHADOW)
/* Log modes with rings and no bitmap. */
#define RING_ONLY "ring?(_small|_pieces)"
/* Subjects that KVM maps by user_mem_abort(), not by gmem_abort(). */
#define ORDINARY "!(gmem|gmem_mapped|gmem_huge)"
/* Subjects that KVM can map by blocks. */
#define HUGE "@(anon_thp|hugetlb)"
/* kvm_dirty_ring_push() in virt/kvm/dirty_ring.c: the ring was full. */
#define RING_WARN "WARNING: *dirty_ring.c:*"

static const char * const names[] = {
	[FINDING_RING_READS] = "arm64-ring-without-bitmap",
	[FINDING_RING_BLOCKS] = "arm64-ring-marks-blocks",
	[FINDING_SIGNAL] = "signal-forgets-ring-reset",
	[FINDING_CLEAN_ENTRY] = "reset-of-clean-ring-entry",
	[FINDING_STALE_ENTRY] = "stale-ring-entry-drops-batch",
	[FINDING_PREFAULT] = "prefault-overflows-ring",
	[FINDING_STRING] = "emulated-string-overflows-ring",
	[FINDING_NULL] = "x86-emulator-writes-at-null",
};

static const struct known knowns[] = {
	/*
	 * memslot_is_logging() in arch/arm64/kvm/mmu.c asks for a dirty bitmap,
	 * which a memslot logged by rings alone does not have: reads, instruction
	 * fetches and walks of the guest's page tables map pages writable and mark
	 * them ...
	 */
	{
		.finding = FINDING_RING_READS,
		.tests = "basic." ORDINARY "." RING_ONLY
			 ".@(first_read|punch_hole|toggle_and_use|*execute|pt_first_walk)",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_SPURIOUS,
		.needs = PAGE_READ,
	}, {
		.finding = FINDING_RING_READS,
		.tests = "stress." ORDINARY "." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_SPURIOUS | WRONG_RING,
		.needs = PAGE_READ,
	},
	/*
	 * ... and a fault maps a whole block and marks its first page, whichever it
	 * was for.
	 */
	{
		.finding = FINDING_RING_BLOCKS,
		.tests = "basic." HUGE "." RING_ONLY
			 ".@(every_page|third_page|split_recover|huge_layouts|huge_1g)",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_LOST,
		.needs = PAGE_IN_BLOCK,
	}, {
		.finding = FINDING_RING_BLOCKS,
		.tests = "basic." HUGE "." RING_ONLY
			 ".@(every_page|third_page|split_recover|huge_layouts|huge_1g)",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_SPURIOUS,
		.needs = PAGE_HEADS_BLOCK,
	}, {
		.finding = FINDING_RING_BLOCKS,
		.tests = "stress." HUGE "." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_LOST,
		.needs = PAGE_IN_BLOCK,
	}, {
		.finding = FINDING_RING_BLOCKS,
		.tests = "stress." HUGE "." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_SPURIOUS | WRONG_RING,
		.needs = PAGE_HEADS_BLOCK,
	}, {
		.finding = FINDING_RING_BLOCKS,
		.tests = "stress." HUGE "." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.wrong = WRONG_IMAGE,
		.needs = PAGE_TAKEN,
	},
	/*
	 * kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c returns when a signal
	 * is pending, and forgets the batch of entries that it has taken from
	 * the ring and not write-protected yet.  What is lost of a page may show in
	 * the log, or in the image alone when a write straddles a harvest that has
	 * the page for another.
	 */
	{
		.finding = FINDING_SIGNAL,
		.tests = "stress.*.ring*.signals",
		.mmus = X86 | MMU_STAGE2,
		.wrong = WRONG_LOST | WRONG_IMAGE,
		.needs = PAGE_UNRESET,
	}, {
		.finding = FINDING_SIGNAL,
		.tests = "stress.*.ring*.signals",
		.mmus = X86 | MMU_STAGE2,
		.wrong = WRONG_IMAGE,
		.needs = PAGE_TAKEN,
	},
	/*
	 * Without userspace_addr kvm_vcpu_write_guest() in virt/kvm/kvm_main.c
	 * writes to NULL plus the offset, whatever the VMM has there.
	 */
	{
		.finding = FINDING_NULL,
		.tests = "basic.@(gmem|gmem_huge).*.emulated_stray",
		.mmus = X86,
		.failure = "stray write hva=0x20000 page=32 value=0x22 *",
	}, {
		.finding = FINDING_NULL,
		.tests = "basic.@(gmem|gmem_huge).*.emulated_stray",
		.mmus = X86,
		.wrong = WRONG_SPURIOUS,
		.saw = SAW_STRAY_WRITE,
		.kinds = "insb",
	},
	/*
	 * kvm_vcpu_pre_fault_memory() in virt/kvm/kvm_main.c goes on when the
	 * ring is full, and kvm_dirty_ring_push() overwrites entries that were
	 * not harvested: their pages stay writable and unreported, and the
	 * kernel's index no longer is the reader's, so that no entry is certain to be
	 * found from then on.
	 */
	{
		.finding = FINDING_PREFAULT,
		.tests = "basic.*.ring.prefault_overflow",
		.mmus = MMU_TDP | MMU_TDP_PML,
		.wrong = WRONG_LOST,
		.saw = SAW_OVERRUN,
		.kinds = "store_u64",
		.splat = RING_WARN,
	}, {
		.finding = FINDING_PREFAULT,
		.tests = "basic.*.ring.prefault_overflow",
		.mmus = MMU_TDP | MMU_TDP_PML,
		.saw = SAW_OVERRUN,
		.failure = "ring full and nothing in it *",
	},
	/*
	 * Nor does the emulator look at the ring between the elements of a
	 * string instruction, each of which is an entry of its own.
	 */
	{
		.finding = FINDING_STRING,
		.tests = "basic.*.ring_small.emulated",
		.mmus = X86,
		.wrong = WRONG_LOST,
		.saw = SAW_OVERRUN,
		.kinds = "fep_rep_*",
		.splat = RING_WARN,
	}, {
		.finding = FINDING_STRING,
		.tests = "basic.*.ring_small.emulated",
		.mmus = X86,
		.saw = SAW_OVERRUN,
		.failure = "ring full and nothing in it *",
	},
	/*
	 * kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c takes back what says that it
	 * was harvested, dirty before or not: its index overtakes that of
	 * kvm_dirty_ring_push(), which then thinks that the ring is full.
	 */
	{
		.finding = FINDING_CLEAN_ENTRY,
		.tests = "basic.*.ring*.ring_never_dirty",
		.mmus = X86 | MMU_STAGE2,
		.failure = "ring reset=1 entries that were never dirty *",
		.splat = RING_WARN,
	},
	/*
	 * kvm_reset_dirty_gfn() in virt/kvm/dirty_ring.c leaves all 64 pages of a batch
	 * as they are when the last one is past the memslot's end.
	 */
	{
		.finding = FINDING_STALE_ENTRY,
		.tests = "basic.*.ring*.ring_stale_entry",
		.mmus = X86 | MMU_STAGE2,
		.wrong = WRONG_LOST,
		.needs = PAGE_UNRESET,
		.kinds = "store_u64",
	},
};

static bool shown[NR_FINDINGS];

/* Of the running test. */
static struct {
	const char *test;
	u32 saw;
	u64 times[NR_FINDINGS], pages[NR_FINDINGS];
	char line[512];
} now = { .test = "" };

const char *known_name(enum finding f)
{
	return names[f];
}

void known_set_shown(enum finding f, bool is)
{
	shown[f] = is;
}

static bool is_for(const struct known *k, const char *test)
{
	return (k->mmus & mmu_mode()) && !fnmatch(k->tests, test, FNM_EXTMATCH);
}

bool known_concerns(enum finding f, const char *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++)
		if (knowns[i].finding == f && is_for(&knowns[i], test))
			return true;
	return false;
}

/* Does @k have a say in the running test, as things stand? */
static bool applies(const struct known *k)
{
	return shown[k->finding] && (k->saw & now.saw) == k->saw &&
	       is_for(k, now.test);
}

void known_begin(const char *test)
{
	memset(&now, 0, sizeof(now));
	now.test = test;
}

void known_saw(u32 what)
{
	now.saw |= what;
}

static bool explains(const struct known *k, enum wrong how, const struct page_facts *facts)
{
	return (k->wrong & how) && (k->needs & facts->bits) == k->needs &&
	       (!k->kinds || !fnmatch(k->kinds, facts->kind, FNM_EXTMATCH));
}

/* The rows that have a say, so that their globs are not asked for every page. */
static unsigned int choose(enum wrong wrong, const struct known **rows)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(knowns); i++)
		if ((knowns[i].wrong & wrong) && applies(&knowns[i]))
			rows[nr++] = &knowns[i];
	return nr;
}

static bool take_page(const struct known **rows, unsigned int nr, enum wrong wrong,
		      const struct page_facts *facts)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!explains(rows[i], wrong, facts))
			continue;
		now.times[rows[i]->finding]++;
		now.pages[rows[i]->finding]++;
		return true;
	}
	return false;
}

u64 known_subtract(enum wrong wrong, struct pageset *set, struct pageset *taken,
		   struct page_facts (*facts)(const void *ctx, u64 page),
		   const void *ctx)
{
	const struct known *rows[ARRAY_SIZE(knowns)];
	unsigned int nr = choose(wrong, rows);
	struct page_facts f;
	u64 page, left = 0;

	if (!nr)
		return pageset_count(set);
	pageset_for_each(page, set) {
		f = facts(ctx, page);
		if (!take_page(rows, nr, wrong, &f)) {
			left++;
			continue;
		}
		pageset_clear(set, page);
		if (taken)
			pageset_set(taken, page);
	}
	return left;
}

bool known_failure(const char *failure)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++) {
		const struct known *k = &knowns[i];

		if (!k->failure || fnmatch(k->failure, failure, FNM_EXTMATCH) || !applies(k))
			continue;
		now.times[k->finding]++;
		known_tell("%s", failure);
		return true;
	}
	return false;
}

bool known_splat(const char *splat)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++)
		if (knowns[i].splat && applies(&knowns[i]) &&
		    !fnmatch(knowns[i].splat, splat, 0))
			return true;
	return false;
}

bool known_warns(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++)
		if (knowns[i].splat && shown[knowns[i].finding] &&
		    is_for(&knowns[i], now.test))
			return true;
	return false;
}

void known_tell(const char *fmt, ...)
{
	va_list ap;

	if (now.line[0])
		return;
	va_start(ap, fmt);
	vsnprintf(now.line, sizeof(now.line), fmt, ap);
	va_end(ap);
}

u64 known_times(void)
{
	unsigned int f;
	u64 sum = 0;

	for (f = 0; f < NR_FINDINGS; f++)
		sum += now.times[f];
	return sum;
}

void known_summary(char *buf, size_t size)
{
	unsigned int f;
	size_t n = 0;

	for (f = 0; f < NR_FINDINGS && n < size; f++)
		if (now.times[f])
			n += snprintf(buf + n, size - n, "known=%s pages=%lu ",
				      names[f], now.pages[f]);
	if (n < size)
		snprintf(buf + n, size - n, "(docs/findings.md) %s", now.line);
}

const char *known_unseen(void)
{
	unsigned int f;

	for (f = 0; f < NR_FINDINGS; f++)
		if (shown[f] && !now.times[f] && known_concerns(f, now.test))
			return names[f];
	return NULL;
}
