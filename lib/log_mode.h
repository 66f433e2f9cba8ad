/* SPDX-License-Identifier: GPL-2.0-only */
/* What makes a log mode.  The table of them is in harvest.c. */
#ifndef SUITE_LOG_MODE_H
#define SUITE_LOG_MODE_H

#include "types.h"

struct kvm_vm;
struct testvm;

/*
 * @name:		as it appears in test names
 * @about:		one line for people
 * @unsupported:	why the mode cannot be used on this KVM, or NULL
 * @enable:		prepare @vm, which has neither vCPUs nor logged memslots
 * @collect:		move the log into slot->reported of every logged memslot
 *			and write-protect what was reported
 * @rings:		vCPUs have rings
 * @rings_only:		and memslots have no bitmap
 * @initially_set:	KVM reports every page of a memslot in its first harvest
 */
struct log_mode {
	const char *name;
	const char *about;
	const char *(*unsupported)(struct kvm_vm *vm);
	void (*enable)(struct kvm_vm *vm);
	void (*collect)(struct testvm *t);
	bool rings;
	bool rings_only;
	bool initially_set;
};

#endif
