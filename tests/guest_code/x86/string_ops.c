// SPDX-License-Identifier: GPL-2.0-only
/* String instructions: one element, many, across pages, and backwards. */
#include "kinds.h"

#define STRING_ASM(kind, text, count)					\
GUEST_ASM(kind, "mov %0, %%rdi; lea (%0, %1), %%rsi; mov %1, %%rax; mov $" \
	  #count ", %%ecx;" text, "rax", "rcx", "rsi", "rdi")

MODEL(fill, 8)
MODEL(fill, 4104)
MODEL(bytes, 1)
MODEL(bytes, 300)
MODEL(bytes, 9000)
MODEL(copy, 1)
MODEL(copy, 8)
MODEL(copy, 300)
MODEL(copy, 512)
MODEL(copy, 4104)
MODEL(copy, 9000)

STRING_ASM(stosb, "stosb", 1)
STRING_ASM(stosq, "stosq", 1)
STRING_ASM(rep_stosb_300, "rep stosb", 300)
STRING_ASM(rep_stosb_9000, "rep stosb", 9000)
STRING_ASM(rep_stosq_4104, "rep stosq", 513)
STRING_ASM(movsb, "movsb", 1)
STRING_ASM(movsq, "movsq", 1)
STRING_ASM(rep_movsb_300, "rep movsb", 300)
STRING_ASM(rep_movsb_9000, "rep movsb", 9000)
STRING_ASM(rep_movsq_4104, "rep movsq", 513)
STRING_ASM(rep_movsq_back, "add $504, %%rdi; add $504, %%rsi; std; rep movsq; cld",
	   64)

static struct guest_kind kinds[] = {
	KIND(stosb, 1, .model = model_bytes_1),
	KIND(stosq, 8, .model = model_fill_8),
	KIND(rep_stosb_300, 300, .model = model_bytes_300),
	KIND(rep_stosb_9000, 9000, .model = model_bytes_9000),
	KIND(rep_stosq_4104, 4104, .model = model_fill_4104),
	KIND(movsb, 1, .model = model_copy_1, .copies = true),
	KIND(movsq, 8, .model = model_copy_8, .copies = true),
	KIND(rep_movsb_300, 300, .model = model_copy_300, .copies = true),
	KIND(rep_movsb_9000, 9000, .model = model_copy_9000, .copies = true),
	KIND(rep_movsq_4104, 4104, .model = model_copy_4104, .copies = true),
	KIND(rep_movsq_back, 512, .model = model_copy_512, .copies = true),
};

KIND_TABLE(arch_string, kinds);
