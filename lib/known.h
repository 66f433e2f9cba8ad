/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known failures: what released kernels get wrong.  docs/findings.md has the
 * evidence for each finding.  A finding takes pages from a verdict, one by one, as
 * a row of the contract does, and only where this kernel shows it, see lib/finding_probe.h.
 * What is left is a failure.  A test of which nothing is left is XFAIL, with the
 * finding's name and the number of pages it took.
 *
 * Nothing here needs KVM: lib/tests/test_known.c.
 */
#ifndef SUITE_KNOWN_H
#define SUITE_KNOWN_H

#include "contract.h"
#include "pageset.h"

enum finding {
	FINDING_RING_READS,
	FINDING_RING_BLOCKS,
	FINDING_SIGNAL,
	FINDING_CLEAN_ENTRY,
	FINDING_STALE_ENTRY,
	FINDING_PREFAULT,
	FINDING_STRING,
	FINDING_NULL,
	NR_FINDINGS
};

/* Its heading in docs/findings.md. */
const char *known_name(enum finding f);

/* In what way a page is wrong. */
enum wrong {
	WRONG_LOST = 1,
	WRONG_SPURIOUS = 2,
	/* A vCPU's ring has a page that the vCPU cannot have dirtied. */
	WRONG_RING = 4,
	/* What harvests collected is not what the page holds. */
	WRONG_IMAGE = 8,
};

/*
 * What a verdict knows of a page, one bit each.
 *
 * PAGE_READ:	read, fetched from or walked since the last harvest, and KVM may
 *		have had to map it for that
 * PAGE_IN_BLOCK: in a block that KVM can map at once, not its first page, and the
 *		first page has been reported
 * PAGE_HEADS_BLOCK: the first page of such a block, of which another page has been
 *		touched since the last harvest
 * PAGE_UNRESET: KVM has taken its entry back and not protected it: a signal ended the reset
 *		of the batch that it was in, or the batch had a stale entry
 * PAGE_TAKEN:	a finding has taken it before, as lost
 */
#define PAGE_READ		1u
#define PAGE_IN_BLOCK		2u
#define PAGE_HEADS_BLOCK	4u
#define PAGE_UNRESET		8u
#define PAGE_TAKEN		16u

/*
 * @bits:	of those above
 * @kind:	name of the op that touched it last since the last harvest, or ""
 */
struct page_facts {
	u32 bits;
	const char *kind;
};

/*
 * What a test has seen happen, before it judges the consequences.
 *
 * SAW_OVERRUN:	KVM pushed more entries in one go than a ring has
 * SAW_STRAY_WRITE: the memory at the guest_memfd offset's own address has changed
 */
#define SAW_OVERRUN	1u
#define SAW_STRAY_WRITE	2u

/*
 * One way in which a finding shows.
 *
 * @tests:	extended glob (fnmatch(3)) of the dotted names of the tests that show it
 * @mmus:	where it happens
 * @wrong:	in which ways pages are wrong, 0 when it is none of a page
 * @needs:	what must be true of the page, all of it
 * @saw:	what the test must have seen, all of it
 * @kinds:	extended glob of the page's op, or NULL for any
 * @failure:	extended glob of a failure that is not about pages, or NULL
 * @splat:	glob of the kernel's own complaint that comes with it, or NULL
 */
struct known {
	enum finding finding;
	const char *tests;
	unsigned int mmus;
	unsigned int wrong;
	u32 needs, saw;
	const char *kinds;
	const char *failure;
	const char *splat;
};

/* What the probe of a finding says; nothing is known until one has said so. */
void known_set_shown(enum finding f, bool shown);

/* Has @f rows for @test on this machine, whether or not the kernel shows it? */
bool known_concerns(enum finding f, const char *test);

/* A test begins: nothing taken, nothing seen. */
void known_begin(const char *test);
/* The running test has seen @what, of SAW_*. */
void known_saw(u32 what);

/*
 * Take from @set, of pages that are @wrong, those that a finding explains, and add
 * them to @taken unless that is NULL.  @facts tells of one page.  Returns how many
 * are left.
 */
u64 known_subtract(enum wrong wrong, struct pageset *set, struct pageset *taken,
		   struct page_facts (*facts)(const void *ctx, u64 page),
		   const void *ctx);

/* Is @failure, which is not about pages, one that a finding explains?  Counts it. */
bool known_failure(const char *failure);

/* Does a finding that shows come with the kernel's complaint @splat? */
bool known_splat(const char *splat);

/* May the running test make a kernel WARN that has a finding which shows? */
bool known_warns(void);

/* One line about what was taken; the first of a test stays. */
void known_tell(const char *fmt, ...) __printf(1, 2);

/* How often, and how many pages, findings have explained in the running test. */
u64 known_times(void);

/*
 * Into @buf: "known=NAME pages=N" of each finding that took something, "(docs/
 * findings.md)" and the first line.
 */
void known_summary(char *buf, size_t size);

/* A finding that shows here and could have in the running test, or NULL. */
const char *known_unseen(void);

#endif
