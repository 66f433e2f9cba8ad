/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Families of kinds: every way the guest has to touch memory, for tests that
 * walk over all of them.
 *
 * A family is made of tables, one a file; the architecture's files are in x86/
 * and arm64/ and define the tables named arch_ below.
 */
#ifndef SUITE_KINDS_H
#define SUITE_KINDS_H

#include "guest_op.h"

struct kind_table {
	struct guest_kind *kinds;
	unsigned int nr;
};

#define KIND_TABLE(name, array)						\
	const struct kind_table name = { array, ARRAY_SIZE(array) }

/* A kind whose guest code is guest_<kind>(). */
#define KIND(kind, nr_bytes, ...)					\
	{ .name = #kind, .bytes = nr_bytes, .guest = guest_##kind, __VA_ARGS__ }

extern const struct kind_table width_stores, width_loads;
extern const struct kind_table arch_stores, arch_vector, arch_atomics,
	arch_string, arch_opaque, arch_emulated, arch_unreachable, arch_no_dirty;

struct kind_family {
	const struct kind_table *tables[2];
};

extern const struct kind_family stores, vector, atomics, string_ops, opaque,
	emulated, no_dirty;
/* Emulated writes to memory that the emulator cannot reach. */
extern const struct kind_family unreachable;

/* Calls the instruction that returns, which @prepare puts there. */
extern const struct guest_kind execute;

/* x86: the string input of @emulated reads from here; libkvm has another port. */
#define EMULATED_PORT 0x5a0

/* The @i-th kind of @f, or NULL past the last. */
struct guest_kind *family_kind(const struct kind_family *f, unsigned int i);

/* Any function of the guest's that takes an address and a value and is asm. */
#define GUEST_ASM(kind, text, ...)					\
static void guest_##kind(u64 gva, u64 val)				\
{									\
	asm volatile(text : "+r" (gva), "+r" (val) : :			\
		     "memory", "cc", ##__VA_ARGS__);			\
}

/*
 * Models, named for what they do and to how many bytes: fill with the value,
 * repeated; add it to a little-endian number; set bit 5; copy from where the
 * value points, relative to the destination; zero.
 */
void model_fill(u8 *mem, u64 val, u64 bytes);
void model_add(u8 *mem, u64 val, u64 bytes);
void model_bit5(u8 *mem, u64 val, u64 bytes);
void model_copy(u8 *mem, u64 val, u64 bytes);
void model_bytes(u8 *mem, u64 val, u64 bytes);
void model_zero(u8 *mem, u64 val, u64 bytes);

#define MODEL(what, nr_bytes)						\
static void model_##what##_##nr_bytes(u8 *mem, u64 val)			\
{									\
	model_##what(mem, val, nr_bytes);				\
}

#endif
