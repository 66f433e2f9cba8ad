// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read-modify-write, locked and not.  Locked ones stay within their alignment:
 * a host may trap split locks.
 */
#include "kinds.h"

MODEL(fill, 1)
MODEL(fill, 2)
MODEL(fill, 4)
MODEL(fill, 8)
MODEL(fill, 16)
MODEL(add, 1)
MODEL(add, 4)
MODEL(add, 8)
MODEL(bit5, 8)

GUEST_ASM(xchg_u8, "xchg %b1, (%0)")
GUEST_ASM(xchg_u16, "xchg %w1, (%0)")
GUEST_ASM(xchg_u32, "xchg %k1, (%0)")
GUEST_ASM(xchg_u64, "xchg %q1, (%0)")
GUEST_ASM(lock_add_u8, "lock add %b1, (%0)")
GUEST_ASM(lock_add_u64, "lock add %q1, (%0)")
GUEST_ASM(lock_xadd_u32, "lock xadd %k1, (%0)")
GUEST_ASM(lock_bts, "lock btsq $5, (%0)")
GUEST_ASM(lock_cmpxchg_u32,
	  "mov (%0), %%eax; lock cmpxchg %k1, (%0)", "rax")
GUEST_ASM(lock_cmpxchg_u64,
	  "mov (%0), %%rax; lock cmpxchg %q1, (%0)", "rax")
GUEST_ASM(lock_cmpxchg_u64_fail,
	  "mov (%0), %%rax; not %%rax; lock cmpxchg %q1, (%0)", "rax")

/*
 * QEMU's TCG (7.2) takes flags that these instructions do not change from
 * whatever the last one before them computed, unless a jump lies in between;
 * an exit right after that makes them the vCPU's: a trap flag, say.
 */
#define SETTLE_FLAGS "jmp 1f; 1: "

#define WIDE_OPERANDS(a, d)						\
	"mov (%0), %%" a "; mov 8(%0), %%" d "; mov %1, %%rbx; mov %1, %%rcx;"

GUEST_ASM(lock_cmpxchg8b,
	  "mov (%0), %%eax; mov 4(%0), %%edx; mov %1, %%rcx; mov %k1, %%ebx; shr $32, %%rcx;"
	  SETTLE_FLAGS "lock cmpxchg8b (%0)",
	  "rax", "rbx", "rcx", "rdx")
GUEST_ASM(lock_cmpxchg16b,
	  WIDE_OPERANDS("rax", "rdx") SETTLE_FLAGS "lock cmpxchg16b (%0)",
	  "rax", "rbx", "rcx", "rdx")
GUEST_ASM(lock_cmpxchg16b_fail,
	  WIDE_OPERANDS("rax", "rdx") "not %%rdx;" SETTLE_FLAGS "lock cmpxchg16b (%0)",
	  "rax", "rbx", "rcx", "rdx")

GUEST_ASM(inc_u32, "incl (%0)")
GUEST_ASM(add_u64, "add %q1, (%0)")
GUEST_ASM(xadd_u64, "xadd %q1, (%0)")
GUEST_ASM(bts, "btsq $5, (%0)")
GUEST_ASM(cmpxchg_u64, "mov (%0), %%rax; cmpxchg %q1, (%0)", "rax")
GUEST_ASM(cmpxchg_u64_fail,
	  "mov (%0), %%rax; not %%rax; cmpxchg %q1, (%0)", "rax")

static void model_inc_4(u8 *mem, u64 val)
{
	model_add_4(mem, 1);
}

static struct guest_kind kinds[] = {
	KIND(xchg_u8, 1, .model = model_fill_1),
	KIND(xchg_u16, 2, .align = 2, .model = model_fill_2),
	KIND(xchg_u32, 4, .align = 4, .model = model_fill_4),
	KIND(xchg_u64, 8, .align = 8, .model = model_fill_8),
	KIND(lock_add_u8, 1, .model = model_add_1),
	KIND(lock_add_u64, 8, .align = 8, .model = model_add_8),
	KIND(lock_xadd_u32, 4, .align = 4, .model = model_add_4),
	KIND(lock_bts, 8, .align = 8, .model = model_bit5_8),
	KIND(lock_cmpxchg_u32, 4, .align = 4, .model = model_fill_4),
	KIND(lock_cmpxchg_u64, 8, .align = 8, .model = model_fill_8),
	KIND(lock_cmpxchg_u64_fail, 8, .align = 8, .failed_write = true),
	KIND(lock_cmpxchg8b, 8, .align = 8, .model = model_fill_8),
	KIND(lock_cmpxchg16b, 16, .align = 16, .model = model_fill_16),
	KIND(lock_cmpxchg16b_fail, 16, .align = 16, .failed_write = true),
	KIND(inc_u32, 4, .model = model_inc_4),
	KIND(add_u64, 8, .model = model_add_8),
	KIND(xadd_u64, 8, .model = model_add_8),
	KIND(bts, 8, .model = model_bit5_8),
	KIND(cmpxchg_u64, 8, .model = model_fill_8),
	KIND(cmpxchg_u64_fail, 8, .failed_write = true),
};

KIND_TABLE(arch_atomics, kinds);
