// SPDX-License-Identifier: GPL-2.0-only
/*
 * MSRs and interrupts.  The address of an op on an MSR is the MSR's number, and
 * that of an interrupt its vector.
 */
#include <apic.h>
#include <processor.h>

#include "guest_op.h"
#include "guest_msr.h"

static void guest_wrmsr(u64 msr, u64 val)
{
	GUEST_ASSERT_EQ(wrmsr_safe(msr, val), 0);
}

const struct guest_kind write_msr = {
	.name = "wrmsr",
	.guest = guest_wrmsr,
};

static void guest_wrmsr_gp(u64 msr, u64 val)
{
	GUEST_ASSERT_EQ(wrmsr_safe(msr, val), GP_VECTOR);
}

const struct guest_kind write_msr_gp = {
	.name = "wrmsr_gp",
	.guest = guest_wrmsr_gp,
};

static void guest_enable_apic(u64 gva, u64 val)
{
	x2apic_enable();
}

const struct guest_kind enable_apic = {
	.name = "enable_apic",
	.guest = guest_enable_apic,
};

/* The interrupt is taken on the nop: sti holds it back for one instruction. */
static void guest_interrupt_self(u64 vector, u64 val)
{
	x2apic_write_reg(APIC_ICR, APIC_DEST_SELF | APIC_INT_ASSERT |
			 APIC_DM_FIXED | vector);
	asm volatile("sti; nop; nop; cli" ::: "memory");
}

const struct guest_kind interrupt_self = {
	.name = "interrupt_self",
	.guest = guest_interrupt_self,
};

void guest_end_interrupt(struct ex_regs *regs)
{
	x2apic_write_reg(APIC_EOI, 0);
}
