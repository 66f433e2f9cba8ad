// SPDX-License-Identifier: GPL-2.0-only
/* Stores and loads of every general register width. */
#include "kinds.h"

#define WIDTH(type, nr_bytes)						\
MODEL(fill, nr_bytes)							\
static void guest_store_##type(u64 gva, u64 val)			\
{									\
	WRITE_ONCE(*(type *)gva, val);					\
}									\
static void guest_load_##type(u64 gva, u64 val)				\
{									\
	READ_ONCE(*(type *)gva);					\
}

WIDTH(u8, 1)
WIDTH(u16, 2)
WIDTH(u32, 4)
WIDTH(u64, 8)

static struct guest_kind store_kinds[] = {
	KIND(store_u8, 1, .model = model_fill_1),
	KIND(store_u16, 2, .model = model_fill_2),
	KIND(store_u32, 4, .model = model_fill_4),
	KIND(store_u64, 8, .model = model_fill_8),
};

static struct guest_kind load_kinds[] = {
	KIND(load_u8, 1),
	KIND(load_u16, 2),
	KIND(load_u32, 4),
	KIND(load_u64, 8),
};

KIND_TABLE(width_stores, store_kinds);
KIND_TABLE(width_loads, load_kinds);
