/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle: which pages a harvest must and may contain.
 *
 * Between two harvests the test says what the guest did; at a harvest the
 * oracle judges what the log reported and carries over what is still owed.
 * docs/oracle.md derives the rules.
 */
#ifndef SUITE_ORACLE_H
#define SUITE_ORACLE_H

#include "pageset.h"

/*
 * @must:	written, and finished before the harvest began
 * @may:	the only pages besides that the harvest is allowed to contain
 * @late:	a write straddles the harvest: due in this one or the next
 * @around:	an access that may mark the page straddles the harvest; @late and
 *		@busy are part of it
 * @busy:	one was under way when the harvest began
 * @buffered:	a CPU may have the page in its buffer and not yet in the log
 * @owed:	late at the last harvest and not in it: due now, unless busy
 * @due:	put off because the page was busy or buffered: due now, unless buffered
 * @lost:	the verdict: due and not reported
 * @spurious:	the verdict: reported and not allowed
 */
struct oracle {
	struct pageset must, may, late, around, busy, buffered, owed, due;
	struct pageset lost, spurious;
};

/* One oracle judges one memslot of @npages pages. */
void oracle_init(struct oracle *o, u64 npages);
void oracle_free(struct oracle *o);
/* Forget everything, as after a memslot was made anew. */
void oracle_reset(struct oracle *o);

/* @page was written since the last harvest, and the write has finished. */
void oracle_written(struct oracle *o, u64 page);
/* Every page was: the state a log starts in when KVM sets it initially. */
void oracle_written_all(struct oracle *o);
/* @page may be reported though nothing was written: a contract's allowance. */
void oracle_allowed(struct oracle *o, u64 page);
/*
 * A write to @page straddles this harvest: it may have begun before the harvest
 * returned, and is not known to have finished before it began.  The test sees to
 * it that it has finished before the next.
 */
void oracle_straddled(struct oracle *o, u64 page);
/*
 * The write of @page that straddled the last harvest has still not finished, so that
 * harvest owes nothing for it.  To be called before oracle_straddled().
 */
void oracle_unfinished(struct oracle *o, u64 page);
/* So does a read that a contract lets KVM report, and nothing is due for it. */
void oracle_around(struct oracle *o, u64 page);
/*
 * And this access to it, of either sort, may be one that had begun before the
 * harvest and not finished: KVM may have mapped the page for it and have yet to
 * mark it, so what others wrote meanwhile is due in the next harvest.
 */
void oracle_busy(struct oracle *o, u64 page);
/*
 * A write to it, finished or under way, may still be in a buffer that its CPU empties
 * when the vCPU leaves the guest (PML: vmx_flush_pml_buffer() in arch/x86/kvm/vmx/vmx.c).
 * No other write to the page is logged until then, so all that is due for it is put
 * off, as often as this is so; and it may be reported.
 */
void oracle_buffered(struct oracle *o, u64 page);

/*
 * Judge one harvest and start the next interval.  Fills o->lost and
 * o->spurious, which stay valid until the next call.  Returns the number of
 * pages in both.
 */
u64 oracle_judge(struct oracle *o, const struct pageset *reported);

#endif
