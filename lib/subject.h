/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Subjects: the memory under test and how it is attached to the VM.
 */
#ifndef SUITE_SUBJECT_H
#define SUITE_SUBJECT_H

#include <kvm_util.h>

#include "pageset.h"

struct backing;

/*
 * @name:	as it appears in test names
 * @about:	one line for people
 * @slot_flags:	KVM_MEM_* flags of its memslots besides KVM_MEM_LOG_DIRTY_PAGES
 * @userspace:	the memslot's userspace_addr is the host mapping, else NULL
 * @map:	make memory of backing->size bytes; fills fd (or -1) and hva
 */
struct subject {
	const char *name;
	const char *about;
	u32 slot_flags;
	bool userspace;
	void (*map)(struct kvm_vm *vm, struct backing *b);
};

extern const struct subject subjects[];
extern const unsigned int nr_subjects;

/*
 * Memory of one subject.  Several memslots may attach parts of it.
 *
 * @size:	in bytes, a multiple of the host's page size
 * @fd:		the file behind it, or -1 for anonymous memory
 * @hva:	the host's mapping of all of it
 * @shadow:	what all of it must contain
 * @written:	the pages, counted from the start, that @shadow differs in from
 *		fresh memory
 */
struct backing {
	const struct subject *subject;
	u64 size;
	int fd;
	u8 *hva;
	u8 *shadow;
	struct pageset written;
};

/* Exits through libkvm when the memory cannot be had. */
void backing_create(struct backing *b, const struct subject *s,
		    struct kvm_vm *vm, u64 size);
void backing_destroy(struct backing *b);

/*
 * Set memslot @slot: @size bytes of @b from @offset on, at guest physical @gpa.
 * @flags: KVM_MEM_LOG_DIRTY_PAGES or 0.  Returns 0, or -errno as
 * KVM_SET_USER_MEMORY_REGION2 failed.
 */
int backing_attach(struct backing *b, struct kvm_vm *vm, u32 slot, u32 flags,
		   u64 gpa, u64 offset, u64 size);

/* Delete memslot @slot.  Returns 0 or -errno. */
int memslot_delete(struct kvm_vm *vm, u32 slot);

/*
 * Why @s cannot be had on this machine's KVM, or NULL.  Reasons are short and
 * few: they are part of test results.
 */
const char *subject_unsupported(const struct subject *s);

/*
 * Why a memslot of @s cannot have KVM_MEM_LOG_DIRTY_PAGES, or NULL.  Asks the
 * kernel by trying, on a VM of its own.
 */
const char *subject_refused(const struct subject *s);

#endif
