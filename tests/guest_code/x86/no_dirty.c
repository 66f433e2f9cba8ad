// SPDX-License-Identifier: GPL-2.0-only
/*
 * What touches memory without writing it.  Prefetches are hints: they neither
 * fault nor store, prefetchw included, which CPUs without it ignore.
 */
#include <processor.h>

#include "kinds.h"

#define FEATURE_AVX KVM_X86_CPU_FEATURE(0x1, 0, ECX, 28)

static const char *lacks_avx(struct guest_kind *kind)
{
	return kvm_cpu_has(FEATURE_AVX) ? NULL : "no AVX";
}

static const char *no_clflushopt(struct guest_kind *kind)
{
	return kvm_cpu_has(X86_FEATURE_CLFLUSHOPT) ? NULL : "no CLFLUSHOPT";
}

static const char *no_clwb(struct guest_kind *kind)
{
	return kvm_cpu_has(X86_FEATURE_CLWB) ? NULL : "no CLWB";
}

GUEST_ASM(movups_load, "movups (%0), %%xmm0", "xmm0")
GUEST_ASM(movdqa_load, "movdqa (%0), %%xmm0", "xmm0")
GUEST_ASM(movntdqa_load, "movntdqa (%0), %%xmm0", "xmm0")
GUEST_ASM(vmovdqu_load, "vmovdqu (%0), %%ymm0; vzeroupper", "xmm0")
GUEST_ASM(pop, "xchg %0, %%rsp; pop %q1; xchg %0, %%rsp")
GUEST_ASM(cmp, "cmp %q1, (%0)")
GUEST_ASM(bt, "btq $5, (%0)")
GUEST_ASM(rep_lodsb, "mov %0, %%rsi; mov $300, %%ecx; rep lodsb",
	  "rax", "rcx", "rsi")
GUEST_ASM(repe_cmpsb,
	  "mov %0, %%rsi; mov %0, %%rdi; mov $300, %%ecx; repe cmpsb",
	  "rcx", "rsi", "rdi")
GUEST_ASM(prefetcht0, "prefetcht0 (%0)")
GUEST_ASM(prefetchnta, "prefetchnta (%0)")
GUEST_ASM(prefetchw, "prefetchw (%0)")
GUEST_ASM(clflush, "clflush (%0)")
GUEST_ASM(clflushopt, "clflushopt (%0); sfence")
GUEST_ASM(clwb, "clwb (%0); sfence")
/* Spare what the compiler may keep in the 128 bytes below the stack. */
GUEST_ASM(execute, "sub $128, %%rsp; call *%0; add $128, %%rsp")

/* One byte: the instruction that returns. */
GUEST_ASM(store_ret, "movb $0xc3, (%0)")

static void model_store_ret(u8 *mem, u64 val)
{
	mem[0] = 0xc3;
}

static const struct guest_kind store_ret = KIND(store_ret, 1,
						.model = model_store_ret);

static struct guest_kind kinds[] = {
	KIND(movups_load, 16),
	KIND(movdqa_load, 16, .align = 16),
	KIND(movntdqa_load, 16, .align = 16),
	KIND(vmovdqu_load, 32, .missing = lacks_avx),
	KIND(pop, 8),
	KIND(cmp, 8),
	KIND(bt, 8),
	KIND(rep_lodsb, 300),
	KIND(repe_cmpsb, 300),
	KIND(prefetcht0, 1),
	KIND(prefetchnta, 1),
	KIND(prefetchw, 1),
	KIND(clflush, 1),
	KIND(clflushopt, 1, .missing = no_clflushopt),
	KIND(clwb, 1, .missing = no_clwb),
};

KIND_TABLE(arch_no_dirty, kinds);

const struct guest_kind execute = KIND(execute, 1, .prepare = &store_ret);
