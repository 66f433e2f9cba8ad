/* SPDX-License-Identifier: GPL-2.0-only */
/* Ops that ask KVM for something, instead of touching memory. */
#ifndef SUITE_GUEST_MSR_H
#define SUITE_GUEST_MSR_H

#include "guest_op.h"

/* x86; write_msr_gp: which must raise #GP */
extern const struct guest_kind write_msr;
extern const struct guest_kind write_msr_gp;
extern const struct guest_kind enable_apic;
extern const struct guest_kind interrupt_self;

struct ex_regs;
void guest_end_interrupt(struct ex_regs *regs);

/* arm64: the function of PSCI's number @gva, which must return @val */
extern const struct guest_kind hypercall;

#endif
