// SPDX-License-Identifier: GPL-2.0-only
/* Stores from vector registers, SSE to AVX-512, non-temporal ones too. */
#include <processor.h>

#include "kinds.h"

#define FEATURE_AVX KVM_X86_CPU_FEATURE(0x1, 0, ECX, 28)
#define FEATURE_AVX512F KVM_X86_CPU_FEATURE(0x7, 0, EBX, 16)

static const char *no_avx(struct guest_kind *kind)
{
	return kvm_cpu_has(FEATURE_AVX) ? NULL : "no AVX";
}

static const char *no_avx512(struct guest_kind *kind)
{
	return kvm_cpu_has(FEATURE_AVX512F) ? NULL : "no AVX-512";
}

MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)
MODEL(fill, 32)
MODEL(fill, 64)

#define TO_XMM "movq %1, %%xmm0; punpcklqdq %%xmm0, %%xmm0;"
#define TO_YMM "vmovq %1, %%xmm0; vpunpcklqdq %%xmm0, %%xmm0, %%xmm0;"	\
	       "vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0;"
#define TO_ZMM "vpbroadcastq %1, %%zmm0;"

GUEST_ASM(movss, TO_XMM "movss %%xmm0, (%0)", "xmm0")
GUEST_ASM(movlps, TO_XMM "movlps %%xmm0, (%0)", "xmm0")
GUEST_ASM(movups, TO_XMM "movups %%xmm0, (%0)", "xmm0")
GUEST_ASM(movdqa, TO_XMM "movdqa %%xmm0, (%0)", "xmm0")
GUEST_ASM(movntdq, TO_XMM "movntdq %%xmm0, (%0); sfence", "xmm0")
GUEST_ASM(maskmovdqu, TO_XMM
	  "pcmpeqd %%xmm1, %%xmm1; mov %0, %%rdi; maskmovdqu %%xmm1, %%xmm0; sfence",
	  "xmm0", "xmm1", "rdi")
GUEST_ASM(vmovdqu_ymm, TO_YMM "vmovdqu %%ymm0, (%0); vzeroupper", "xmm0")
GUEST_ASM(vmovdqa_ymm, TO_YMM "vmovdqa %%ymm0, (%0); vzeroupper", "xmm0")
GUEST_ASM(vmovntdq_ymm, TO_YMM "vmovntdq %%ymm0, (%0); sfence; vzeroupper",
	  "xmm0")
GUEST_ASM(vmovdqu_zmm, TO_ZMM "vmovdqu64 %%zmm0, (%0); vzeroupper", "xmm0")
GUEST_ASM(vmovntdq_zmm, TO_ZMM "vmovntdq %%zmm0, (%0); sfence; vzeroupper",
	  "xmm0")

static struct guest_kind kinds[] = {
	KIND(movss, 4, .model = model_fill_4),
	KIND(movlps, 8, .model = model_fill_8),
	KIND(movups, 16, .model = model_fill_16),
	KIND(movdqa, 16, .align = 16, .model = model_fill_16),
	KIND(movntdq, 16, .align = 16, .model = model_fill_16),
	KIND(maskmovdqu, 16, .model = model_fill_16),
	KIND(vmovdqu_ymm, 32, .model = model_fill_32, .missing = no_avx),
	KIND(vmovdqa_ymm, 32, .align = 32, .model = model_fill_32,
	     .missing = no_avx),
	KIND(vmovntdq_ymm, 32, .align = 32, .model = model_fill_32,
	     .missing = no_avx),
	KIND(vmovdqu_zmm, 64, .model = model_fill_64, .missing = no_avx512),
	KIND(vmovntdq_zmm, 64, .align = 64, .model = model_fill_64,
	     .missing = no_avx512),
};

KIND_TABLE(arch_vector, kinds);
