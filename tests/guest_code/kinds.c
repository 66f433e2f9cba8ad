// SPDX-License-Identifier: GPL-2.0-only
/* The registry of all kinds, and what the host knows about their effects. */
#include "kinds.h"

const struct kind_family stores = { { &width_stores, &arch_stores } };
const struct kind_family vector = { { &arch_vector } };
const struct kind_family atomics = { { &arch_atomics } };
const struct kind_family string_ops = { { &arch_string } };
const struct kind_family no_dirty = { { &width_loads, &arch_no_dirty } };
#ifdef __x86_64__
const struct kind_family opaque = { { &arch_opaque } };
const struct kind_family emulated = { { &arch_emulated } };
const struct kind_family unreachable = { { &arch_unreachable } };
#endif

struct guest_kind *family_kind(const struct kind_family *f, unsigned int i)
{
	unsigned int j;

	for (j = 0; j < ARRAY_SIZE(f->tables) && f->tables[j]; j++) {
		if (i < f->tables[j]->nr)
			return &f->tables[j]->kinds[i];
		i -= f->tables[j]->nr;
	}
	return NULL;
}

void model_fill(u8 *mem, u64 val, u64 bytes)
{
	u64 i;

	for (i = 0; i < bytes; i++)
		mem[i] = val >> (8 * (i % 8));
}

void model_add(u8 *mem, u64 val, u64 bytes)
{
	u64 old = 0;

	memcpy(&old, mem, bytes);
	old += val;
	memcpy(mem, &old, bytes);
}

void model_bit5(u8 *mem, u64 val, u64 bytes)
{
	mem[0] |= 1 << 5;
}

void model_copy(u8 *mem, u64 val, u64 bytes)
{
	memmove(mem, mem + (s64)val, bytes);
}

void model_bytes(u8 *mem, u64 val, u64 bytes)
{
	memset(mem, (u8)val, bytes);
}

void model_zero(u8 *mem, u64 val, u64 bytes)
{
	memset(mem, 0, bytes);
}
