/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest of the guest: L2, which does ops for the guest, then called L1.  On x86. */
#ifndef GUEST_NESTED_H
#define GUEST_NESTED_H

#include "guest_op.h"

/*
 * One L2; in memory of the guest's that is not logged.  The host fills it in.
 *
 * @vmx:	it runs by Intel's VMX, else by AMD's SVM
 * @area:	guest virtual address of libkvm's struct vmx_pages or svm_test_data
 * @stack:	guest virtual address of its end
 * @root:	guest physical address of its nested page tables; 0: it has none, and uses
 *		the addresses that L1 uses
 * @shift:	what is added to the addresses of ops
 * @begun:	it has been set up and has run; written by the guest
 */
struct nested {
	u64 vmx;
	u64 area;
	u64 stack;
	u64 root;
	u64 shift;
	u64 begun;
};

/* From here on ops are done by the L2 whose struct nested is at its value. */
extern const struct guest_kind l2_begin;
/* From here on by L1 again. */
extern const struct guest_kind l2_end;

/* L1 tells its CPU that L2's nested page tables have changed; the struct nested likewise. */
extern const struct guest_kind l2_flush;

/*
 * An L2 of SVM that only leaves, for ops on its control block; their value is where its
 * struct nested is.  Set it up; run it until it leaves; VMSAVE.  L1 itself stores to the
 * block in the first one alone.
 */
extern const struct guest_kind vmcb_begin, vmcb_run, vmcb_save;

#endif
