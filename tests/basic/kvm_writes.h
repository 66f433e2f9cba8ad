/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structures in guest memory that KVM itself writes.
 *
 * KVM writes them through the memslot's userspace_addr, guest_memfd or not.
 */
#ifndef SUITE_KVM_WRITES_H
#define SUITE_KVM_WRITES_H

#include "contract.h"

#include "guest_op.h"

#define KVM_WRITE_OPS 4

/*
 * When KVM writes once more, the guest doing nothing for it.
 *
 * @WRITES_ONCE:	never
 * @WRITES_AGAIN:	when a vCPU is entered, if it finds a reason
 * @WRITES_ENTRY:	whenever a vCPU is entered
 */
enum kvm_write_again {
	WRITES_ONCE,
	WRITES_AGAIN,
	WRITES_ENTRY,
};

/*
 * One structure, at a page's start.
 *
 * @name:	for failures
 * @unsupported: why it cannot be had here, or NULL
 * @prepare:	what the host does before the vCPU runs at all
 * @locate:	what the host does first; for one, tell KVM where it is
 * @tell:	the host tells KVM where it is, or KVM_WRITE_NOWHERE, and KVM writes when the
 *		vCPU runs next; returns 0 or -1 with errno
 * @prefill:	what the guest puts into the structure's first eight bytes
 * @enable:	ops that tell KVM where it is; KVM then writes it
 * @trigger:	an op that makes KVM write it again
 * @update:	the host has KVM write it again when a vCPU is entered next
 * @disable:	an op that tells KVM to forget it
 *		Where such an op says KVM_WRITE_GPA, its value is the structure's
 *		address plus what is given.
 * @again:	see above
 * @more_pages:	how many pages KVM writes behind the first one
 * @valid:	does the structure contain what KVM writes?
 * @unmapped:	what the op with the address is without a mapping at
 *		userspace_addr; NULL for the same, and nothing happens
 * @unmapped_marks: without such a mapping KVM marks the page all the same
 */
struct kvm_write {
	const char *name;
	bool (*unsupported)(void);
	void (*prepare)(struct kvm_vcpu *vcpu);
	void (*locate)(struct kvm_vcpu *vcpu, u64 gpa);
	int (*tell)(struct kvm_vcpu *vcpu, u64 gpa);
	u64 prefill;
	struct guest_op enable[KVM_WRITE_OPS];
	struct guest_op trigger;
	void (*update)(struct kvm_vcpu *vcpu);
	struct guest_op disable;
	enum kvm_write_again again;
	u64 more_pages;
	bool (*valid)(const void *mem);
	const struct guest_kind *unmapped;
	bool unmapped_marks;
};

/* In guest_op.vcpu, which is free until the op has run. */
#define KVM_WRITE_GPA 1

#define KVM_WRITE_NOWHERE (~0ull)

extern const struct kvm_write kvm_writes[];
extern const unsigned int nr_kvm_writes;

#endif
