/* SPDX-License-Identifier: GPL-2.0-only */
/* vCPUs that do what they are told, and stop. */
#ifndef SUITE_RUN_H
#define SUITE_RUN_H

#include "memslot.h"

/* An op of @kind on byte @offset of page @page of @s. */
struct guest_op testslot_op(const struct testslot *s,
			    const struct guest_kind *kind, u64 page, u32 offset,
			    u64 val);

/*
 * Have @vcpu do @ops and return when it has left KVM_RUN.  The oracle and the
 * expected contents learn what is written.  When a ring fills up meanwhile, the log is
 * harvested and judged, and the vCPU goes on.  The test fails and ends when the
 * guest cannot.
 */
void testvm_run(struct testvm *t, int vcpu, const struct guest_op *ops, u64 nr);

/*
 * Have @vcpu do @op, of which nothing is expected: returns 0, or -errno as
 * KVM_RUN failed.
 */
int testvm_try_op(struct testvm *t, int vcpu, const struct guest_op *op);

/*
 * One write of @val to every huge page of @s maps it huge, then its log starts:
 * for subjects that want this.  The test fails and ends when KVM refuses.
 */
void testslot_map_huge(struct testslot *s, u64 val);

#endif
