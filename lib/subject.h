/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Subjects: the memory under test and how it is attached to the VM.
 */
#ifndef SUITE_SUBJECT_H
#define SUITE_SUBJECT_H

#include <kvm_util.h>

#include "pageset.h"

/* The huge pages that subjects are made of. */
#define HUGE_BYTES (2ull << 20)
#define GIGANTIC_BYTES BIT_ULL(30)

/*
 * Guest physical addresses for memslots under test: above everything libkvm
 * places, aligned to 1G.  The guest maps a memslot's pages at the same virtual
 * address when it is added, and keeps them mapped.  A memslot that does not fit
 * into the window starts in it, and is mapped by the largest pages the guest has:
 * a VM has memslots of one sort or the other.
 */
#define WINDOW_GPA (4ull << 30)
#define WINDOW_PAGES 2304

struct backing;

/*
 * @name:	as it appears in test names
 * @about:	one line for people
 * @slot_flags:	KVM_MEM_* flags of its memslots besides KVM_MEM_LOG_DIRTY_PAGES
 * @userspace:	the memslot's userspace_addr is the host mapping, else NULL
 * @vm_type:	the type of VM it needs, 0 for the ordinary one
 * @private:	the host cannot map it: KVM must refuse to log it, or be exact
 * @huge_pages:	guest and host map it huge before logging starts
 * @whole_holes: its huge pages are freed whole or not at all
 * @typical:	the one to take where one of guest_memfd and one besides are enough
 * @unsupported: why this machine does not have it, or NULL
 * @map:	make memory of backing->size bytes; fills fd (or -1) and hva
 */
struct subject {
	const char *name;
	const char *about;
	u32 slot_flags;
	bool userspace;
	unsigned long vm_type;
	bool private;
	bool huge_pages;
	bool whole_holes;
	bool typical;
	const char *(*unsupported)(void);
	void (*map)(struct kvm_vm *vm, struct backing *b);
};

extern const struct subject subjects[];
extern const unsigned int nr_subjects;
/* For the one test that needs as much; its memory is of GIGANTIC_BYTES. */
extern const struct subject hugetlb_1g;

/*
 * Memory of one subject.  Several memslots may attach parts of it.
 *
 * @size:	in bytes, a multiple of the host's page size
 * @fd:		the file behind it, or -1 for anonymous memory
 * @gpa:	where the guest sees its first byte, as far as it matters
 * @hva:	the host's mapping of all of it
 * @file_offset: where in the file it starts, in bytes
 * @map, @map_size: what was mapped to get there
 * @expected:	what all of it must contain
 * @written:	the pages, counted from the start, that @expected differs in from
 *		fresh memory
 * @settled:	those that KVM has mapped for a write, or in one block with such a
 *		one, and nothing has unmapped since
 */
struct backing {
	const struct subject *subject;
	u64 size;
	int fd;
	u64 gpa;
	u8 *hva;
	u64 file_offset;
	void *map;
	u64 map_size;
	u8 *expected;
	struct pageset written, settled;
};

/* Exits through libkvm when the memory cannot be had. */
void backing_create(struct backing *b, const struct subject *s,
		    struct kvm_vm *vm, u64 size);
/* Memory that the guest sees at @gpa on, and KVM can map huge there. */
void backing_create_at(struct backing *b, const struct subject *s,
		       struct kvm_vm *vm, u64 size, u64 gpa);
void backing_destroy(struct backing *b);

/*
 * Set memslot @slot: @size bytes of @b from @offset on, at guest physical @gpa.
 * @flags: KVM_MEM_LOG_DIRTY_PAGES or 0.  Returns 0, or -errno as
 * KVM_SET_USER_MEMORY_REGION2 failed.
 */
int backing_attach(struct backing *b, struct kvm_vm *vm, u32 slot, u32 flags,
		   u64 gpa, u64 offset, u64 size);

/* What backing_attach() asks of KVM, for tests that ask for something else. */
struct kvm_userspace_memory_region2
backing_region(const struct backing *b, u32 slot, u32 flags, u64 gpa,
	       u64 offset, u64 size);
/* KVM_SET_USER_MEMORY_REGION2 of @r.  Returns 0 or -errno. */
int memslot_set(struct kvm_vm *vm, struct kvm_userspace_memory_region2 *r);

/* Free the memory of @size bytes from @offset on: all of it reads as zeros. */
void backing_punch(struct backing *b, u64 offset, u64 size);
/* The same where nobody compares the memory with what it must be. */
void backing_drop(struct backing *b, u64 offset, u64 size);
/* KVM has nothing of @size bytes from @offset on mapped any more. */
void backing_unmapped(struct backing *b, u64 offset, u64 size);
/* Allocate all of its memory now, holes included. */
void backing_allocate(struct backing *b);
/* Drop the mapping and the file, as the last user of the memory does. */
void backing_close(struct backing *b);

/* Does KVM attach @s as guest_memfd? */
static inline bool subject_is_gmem(const struct subject *s)
{
	return s->slot_flags & KVM_MEM_GUEST_MEMFD;
}

static inline bool subject_has_huge_pages(const struct subject *s)
{
	return s->huge_pages;
}

/* What KVM attaches as guest_memfd, and what it does not, once each. */
static inline bool subject_is_typical(const struct subject *s)
{
	return s->typical;
}

/* Delete memslot @slot.  Returns 0 or -errno. */
int memslot_delete(struct kvm_vm *vm, u32 slot);

/*
 * Why @s cannot be had on this machine's KVM, or NULL.  Reasons are short and
 * few: they are part of test results.
 */
const char *subject_unsupported(const struct subject *s);

/* Long enough for what is wrong with a subject. */
#define SUBJECT_BROKEN 96

/*
 * Why a memslot of @s cannot have KVM_MEM_LOG_DIRTY_PAGES, or NULL.  Asks the
 * kernel by trying, on a VM of its own.  Only EINVAL for guest_memfd is a refusal
 * (kvm_set_memory_region() in virt/kvm/kvm_main.c); any other error, and any of
 * other memory, is put into @broken, of SUBJECT_BROKEN bytes, which is empty else.
 */
const char *subject_refused(const struct subject *s, char *broken);

#endif
