// SPDX-License-Identifier: GPL-2.0-only
/*
 * What KVM's emulator does for the guest: instructions behind its forced
 * emulation prefix, and string input from a port that userspace answers.
 */
#include <processor.h>

#include "kinds.h"

static const char *no_fep(struct guest_kind *kind)
{
	return kvm_is_forced_emulation_enabled() ? NULL :
		"kvm.force_emulation_prefix is off";
}

MODEL(fill, 1)
MODEL(fill, 2)
MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)
MODEL(add, 8)
MODEL(bytes, 1)
MODEL(bytes, 300)
MODEL(copy, 300)

#define STRING_ASM(kind, text, count)					\
GUEST_ASM(kind, "mov %0, %%rdi; lea (%0, %1), %%rsi; mov %1, %%rax; mov $" \
	  #count ", %%ecx;" text, "rax", "rcx", "rsi", "rdi")

#define INPUT_ASM(kind, text, count)					\
GUEST_ASM(kind, "mov %0, %%rdi; mov $" #count ", %%ecx; mov $"		\
	  __stringify(EMULATED_PORT) ", %%edx;" text, "rcx", "rdx", "rdi")

GUEST_ASM(fep_store_u8, KVM_FEP "mov %b1, (%0)")
GUEST_ASM(fep_store_u16, KVM_FEP "mov %w1, (%0)")
GUEST_ASM(fep_store_u32, KVM_FEP "mov %k1, (%0)")
GUEST_ASM(fep_store_u64, KVM_FEP "mov %q1, (%0)")
GUEST_ASM(fep_movups, "movq %1, %%xmm0; punpcklqdq %%xmm0, %%xmm0;"
	  KVM_FEP "movups %%xmm0, (%0)", "xmm0")
GUEST_ASM(fep_load_u64, KVM_FEP "mov (%0), %1")
GUEST_ASM(fep_add_u64, KVM_FEP "add %q1, (%0)")
GUEST_ASM(fep_lock_add_u64, KVM_FEP "lock add %q1, (%0)")
GUEST_ASM(fep_lock_xadd_u64, KVM_FEP "lock xadd %q1, (%0)")
GUEST_ASM(fep_xchg_u64, KVM_FEP "xchg %q1, (%0)")
GUEST_ASM(fep_lock_cmpxchg,
	  "mov (%0), %%rax;" KVM_FEP "lock cmpxchg %q1, (%0)", "rax")
GUEST_ASM(fep_lock_cmpxchg_fail,
	  "mov (%0), %%rax; not %%rax;" KVM_FEP "lock cmpxchg %q1, (%0)", "rax")
GUEST_ASM(fep_lock_cmpxchg8b,
	  "mov (%0), %%eax; mov 4(%0), %%edx; mov %1, %%rcx; mov %k1, %%ebx; shr $32, %%rcx;"
	  KVM_FEP "lock cmpxchg8b (%0)",
	  "rax", "rbx", "rcx", "rdx")
/* Below 1024 elements: the emulator returns to the guest at that many. */
STRING_ASM(fep_rep_stosb, KVM_FEP "rep stosb", 300)
STRING_ASM(fep_rep_movsb, KVM_FEP "rep movsb", 300)
INPUT_ASM(insb, "insb", 1)
INPUT_ASM(rep_insb, "rep insb", 300)

#define FEP_KIND(kind, nr_bytes, ...)					\
	KIND(kind, nr_bytes, .missing = no_fep, ##__VA_ARGS__)

static struct guest_kind kinds[] = {
	FEP_KIND(fep_store_u8, 1, .model = model_fill_1),
	FEP_KIND(fep_store_u16, 2, .model = model_fill_2),
	FEP_KIND(fep_store_u32, 4, .model = model_fill_4),
	FEP_KIND(fep_store_u64, 8, .model = model_fill_8),
	FEP_KIND(fep_movups, 16, .model = model_fill_16),
	FEP_KIND(fep_load_u64, 8),
	FEP_KIND(fep_add_u64, 8, .model = model_add_8),
	FEP_KIND(fep_lock_add_u64, 8, .align = 8, .model = model_add_8),
	FEP_KIND(fep_lock_xadd_u64, 8, .align = 8, .model = model_add_8),
	FEP_KIND(fep_xchg_u64, 8, .align = 8, .model = model_fill_8),
	FEP_KIND(fep_lock_cmpxchg, 8, .align = 8, .model = model_fill_8),
	FEP_KIND(fep_lock_cmpxchg_fail, 8, .align = 8, .failed_write = true),
	FEP_KIND(fep_lock_cmpxchg8b, 8, .align = 8, .model = model_fill_8),
	FEP_KIND(fep_rep_stosb, 300, .model = model_bytes_300),
	FEP_KIND(fep_rep_movsb, 300, .model = model_copy_300, .copies = true),
	KIND(insb, 1, .model = model_bytes_1, .exits = true),
	KIND(rep_insb, 300, .model = model_bytes_300, .exits = true),
};

KIND_TABLE(arch_emulated, kinds);

/*
 * Without models: these never reach the memory.  A locked instruction is not
 * among them, for it ends in KVM_EXIT_INTERNAL_ERROR: docs/findings.md.  The
 * first can be done on every machine.
 */
static struct guest_kind unreachable_kinds[] = {
	KIND(insb, 1),
	FEP_KIND(fep_store_u8, 1),
	FEP_KIND(fep_store_u64, 8),
};

KIND_TABLE(arch_unreachable, unreachable_kinds);
