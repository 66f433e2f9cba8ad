/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memslots under test, whose log is judged, and what the host knows about them and the
 * VM they are in.
 *
 * Pages here are host pages, the unit of KVM's dirty log.
 */
#ifndef SUITE_MEMSLOT_H
#define SUITE_MEMSLOT_H

#include <kvm_util.h>

#include "guest_op.h"
#include "history.h"
#include "oracle.h"
#include "ringlog.h"
#include "subject.h"

/* As many as libkvm has room for: KVM_MAX_VCPUS. */
#define TESTVM_MAX_VCPUS 512
#define TESTVM_MAX_SLOTS 16
/* Steps within steps. */
#define TESTVM_STEPS 4

struct log_mode;
struct testvm;

/*
 * One memslot under test.
 *
 * @id:		KVM's slot number, address space << 16 included; 0 belongs to
 *		libkvm
 * @gfn:	its first page, as guest physical address / host page size
 * @offset:	where in the backing it starts, in bytes
 * @reported:	what the last harvest reported; its words are @log, but for modes
 *		without a bitmap
 * @backup:	the part of it that ring_bitmap's bitmap reported
 * @unreset:	see ring_unreset_page()
 * @repeats:	pages that a ring may hold more than once: testslot_repeats()
 * @read:	pages read, fetched from or walked since the last harvest that KVM may
 *		have had to map for it, see testslot_read()
 * @taken:	pages that a known failure has explained when they were lost, and
 *		@taken_now those of the last harvest
 * @before:	what the two harvests before the last one reported, kept where ops
 *		straddle harvests and blocks of memory can be mapped at once
 * @by_vcpu:	one set for each vCPU, to which harvests add what its ring
 *		reported; or NULL
 * @log:	buffer for the log ioctls, see logbuf_create()
 */
struct testslot {
	struct testvm *t;
	u32 id;
	bool logged;
	struct backing *backing;
	u64 offset;
	u64 gfn;
	u64 npages;
	struct pageset reported, backup, unreset, repeats;
	struct pageset read, taken, taken_now, before[2];
	struct pageset *by_vcpu;
	struct oracle oracle;
	u64 *log;
};

/*
 * Addresses through which a test has the guest reach memslots besides their
 * own: @size bytes at @gva are guest physical memory from @gpa on.
 */
struct second_mapping {
	u64 gva;
	u64 gpa;
	u64 size;
};

/*
 * @slots, @nr_slots: some of so many entries may be empty
 * @mapped:	the pages of the window that the guest maps
 * @ops:	all ops since the last harvest, for telling who did it
 * @history:	what ops wrote, harvested or not, for failures of contents
 * @nr_harvests: harvests so far; the number of the next one
 * @unfinished:	the op that straddled the last harvest, should it go on, as a pointer
 *		into its mailbox; @unfinished_harvest is the number of the next one
 * @nr_interrupted: resets of rings that a signal ended before all entries were taken back
 * @taken:	what the last harvest, or ring_discard(), took from rings
 * @allow_reads: a page that is read may be reported, see lib/contract.h
 * @kvm_writes:	KVM itself writes now, without a vCPU
 * @live:	vCPUs run during harvests: a ring may hold a page more than once, as each
 *		of two that fault on it at a time enters it, and as it is entered again
 *		when its fault is repeated (RET_PF_RETRY in arch/x86/kvm/mmu/tdp_mmu.c)
 * @on_exit:	the test's own answer to an exit to userspace in the middle of
 *		@op; false when it has none
 * @blame:	says who touched a page, where @ops does not know; or NULL
 * @second:	a mapping the test made itself; size 0 when there is none
 * @step:	what the test is doing, for failures: the steps it is within, outermost
 *		first; the one at @depth begins at @step_at[@depth]
 */
struct testvm {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpus[TESTVM_MAX_VCPUS];
	struct mailbox *boxes[TESTVM_MAX_VCPUS];
	int nr_vcpus;
	const struct subject *subject;
	const struct log_mode *mode;
	u64 page_size;
	struct testslot *slots[TESTVM_MAX_SLOTS];
	int nr_slots;
	struct pageset mapped;
	struct guest_op *ops;
	u64 nr_ops, max_ops;
	struct history history;
	u64 nr_harvests;
	u64 nr_interrupted;
	const struct guest_op *unfinished;
	u64 unfinished_harvest;
	struct ringlog taken;
	bool allow_reads, kvm_writes, live;
	bool (*on_exit)(struct testvm *t, struct kvm_run *run,
			const struct guest_op *op);
	void (*blame)(const struct testslot *s, u64 page, char *buf,
		      size_t size);
	struct second_mapping second;
	char step[192];
	size_t step_at[TESTVM_STEPS];
	unsigned int depth;
};

/*
 * The memslot after @prev in t->slots, or the first for NULL; @logged: of those
 * that are logged.  NULL at the end.
 */
struct testslot *testvm_next_slot(struct testvm *t, struct testslot *prev,
				  bool logged);

#define testvm_for_each_slot(s, t)					\
	for ((s) = testvm_next_slot(t, NULL, false); (s);		\
	     (s) = testvm_next_slot(t, s, false))

#define testvm_for_each_logged_slot(s, t)				\
	for ((s) = testvm_next_slot(t, NULL, true); (s);		\
	     (s) = testvm_next_slot(t, s, true))

/* The slot of this number, or NULL. */
struct testslot *testvm_find_slot(struct testvm *t, u32 id);

/* The first page of the window, as a guest page frame number. */
u64 testvm_window_gfn(const struct testvm *t);

/* Buffers for KVM_GET_DIRTY_LOG that end at an unmapped page. */
u64 *logbuf_create(u64 npages);
void logbuf_destroy(u64 *log, u64 npages);

/* Does KVM keep bitmaps for @t, or rings alone? */
bool log_has_bitmap(const struct testvm *t);

/* Only a vCPU in SMM sees address space 1, and without the guest's page tables. */
static inline bool memslot_in_smm(u32 id)
{
	return id >> 16;
}

/*
 * Attach @npages pages of @b from byte @offset on as memslot @id at page @gfn
 * of the window.  @flags: KVM_MEM_LOG_DIRTY_PAGES or 0.  The test fails and
 * ends when KVM refuses.  In a log mode that starts with every page reported,
 * the next harvest is expected to be that.
 */
struct testslot *testvm_add_slot(struct testvm *t, struct backing *b, u32 id,
				 u32 flags, u64 gfn, u64 offset, u64 npages);
void testvm_delete_slot(struct testslot *s);
/*
 * Switch the log of a memslot that stays.  What was not harvested is gone from
 * the oracle, but not from rings, see ring_discard().  Returns 0 or -errno, and
 * then nothing has changed.
 */
int testslot_set_log(struct testslot *s, bool on);
/* Have KVM move @s to page @gfn.  Returns 0 or -errno. */
int testslot_move(struct testslot *s, u64 gfn);
/*
 * Until the next harvest the ring may hold @page of @s more than once, as KVM itself
 * writes it: kvm_vcpu_write_guest_page() and others enter it each time, whether or not
 * it was entered before (mark_page_dirty_in_slot() in virt/kvm/kvm_main.c).
 */
void testslot_repeats(struct testslot *s, u64 page);
/*
 * The guest reads @page of @s, fetches from it or walks through it: noted in s->read
 * unless a write has mapped it.  testvm_run() does it for ops that do not write.
 */
void testslot_read(struct testslot *s, u64 page);
/* A write has had KVM map @page of @s to stay, until something unmaps it. */
void testslot_settle(struct testslot *s, u64 page);
/*
 * The @first of the pages of the block that KVM can map @page of @s by, and their
 * number; 0 when it cannot.
 */
u64 testslot_block(const struct testslot *s, u64 page, u64 *first);

#endif
