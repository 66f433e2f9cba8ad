// SPDX-License-Identifier: GPL-2.0-only
/* Plain loads and stores. */
#include "guest_op.h"

static void guest_no_op(u64 gva, u64 val)
{
}

const struct guest_kind no_op = {
	.name = "no_op",
	.guest = guest_no_op,
};

static void guest_store_u64(u64 gva, u64 val)
{
	WRITE_ONCE(*(u64 *)gva, val);
}

static void model_store_u64(u8 *mem, u64 val)
{
	memcpy(mem, &val, sizeof(val));
}

static void guest_increment_u64(u64 gva, u64 val)
{
	WRITE_ONCE(*(u64 *)gva, READ_ONCE(*(u64 *)gva) + val);
}

static void model_increment_u64(u8 *mem, u64 val)
{
	u64 old;

	memcpy(&old, mem, sizeof(old));
	model_store_u64(mem, old + val);
}

static void guest_load_u64(u64 gva, u64 val)
{
	READ_ONCE(*(u64 *)gva);
}

static void guest_copy_u64(u64 gva, u64 val)
{
	WRITE_ONCE(*(u64 *)gva, READ_ONCE(*(u64 *)(gva + val)));
}

static void model_copy_u64(u8 *mem, u64 val)
{
	memcpy(mem, mem + (s64)val, sizeof(val));
}

const struct guest_kind store_u64 = {
	.name = "store_u64",
	.bytes = 8,
	.guest = guest_store_u64,
	.model = model_store_u64,
};

const struct guest_kind store_to_readonly = {
	.name = "store_to_readonly",
	.bytes = 8,
	.guest = guest_store_u64,
	.exits = true,
};

const struct guest_kind increment_u64 = {
	.name = "increment_u64",
	.bytes = 8,
	.guest = guest_increment_u64,
	.model = model_increment_u64,
};

const struct guest_kind load_u64 = {
	.name = "load_u64",
	.bytes = 8,
	.guest = guest_load_u64,
};

const struct guest_kind copy_u64 = {
	.name = "copy_u64",
	.bytes = 8,
	.guest = guest_copy_u64,
	.model = model_copy_u64,
	.copies = true,
};
