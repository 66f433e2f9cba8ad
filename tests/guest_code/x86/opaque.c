// SPDX-License-Identifier: GPL-2.0-only
/* Instructions that store the CPU's own state, whose content is its business. */
#include <processor.h>

#include "kinds.h"

/* In 64-bit mode; the SDM's Table 10-2 "Format of an FXSAVE Area". */
#define FXSAVE_BYTES 512

GUEST_ASM(fxsave, "fxsave64 (%0)")
GUEST_ASM(xsave, "mov $-1, %%eax; mov $-1, %%edx; xsave64 (%0)", "rax", "rdx")
GUEST_ASM(stmxcsr, "stmxcsr (%0)")
GUEST_ASM(fnstenv, "fnstenv (%0)")
GUEST_ASM(fnstenv_16, "data16 fnstenv (%0)")
/* Constants: no byte of what is stored may be by chance what was there. */
GUEST_ASM(fnsave, "fldpi; fnsave (%0)")
GUEST_ASM(fstpt, "fldpi; fstpt (%0)")
GUEST_ASM(fbstp, "fldpi; fbstp (%0)")
GUEST_ASM(sgdt, "sgdt (%0)")
GUEST_ASM(sidt, "sidt (%0)")

/* As large as what the guest has enabled in XCR0, which is all there is. */
static const char *no_xsave(struct guest_kind *kind)
{
	u32 eax, ebx, ecx, edx;

	if (!kvm_cpu_has(X86_FEATURE_XSAVE))
		return "no XSAVE";
	__cpuid(0xd, 0, &eax, &ebx, &ecx, &edx);
	kind->bytes = ebx;
	return NULL;
}

static struct guest_kind kinds[] = {
	KIND(fxsave, FXSAVE_BYTES, .align = 16, .opaque = true),
	KIND(xsave, 0, .align = 64, .opaque = true, .missing = no_xsave),
	KIND(stmxcsr, 4, .opaque = true),
	KIND(fnstenv, 28, .opaque = true),
	KIND(fnstenv_16, 14, .opaque = true),
	KIND(fnsave, 108, .opaque = true),
	KIND(fstpt, 10, .opaque = true),
	KIND(fbstp, 10, .opaque = true),
	KIND(sgdt, 10, .opaque = true),
	KIND(sidt, 10, .opaque = true),
};

KIND_TABLE(arch_opaque, kinds);
