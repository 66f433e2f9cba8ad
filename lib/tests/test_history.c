// SPDX-License-Identifier: GPL-2.0-only
/* history.c: the last op that wrote a byte, and the last that left what is there. */
#include <string.h>

#include "history.h"
#include "unit.h"

static const struct guest_kind eight = { .name = "eight", .bytes = 8 };
static const struct guest_kind wide = { .name = "wide", .bytes = 64 };
static struct history history;
static u8 mem[128];

/* Op @op wrote @val to its first bytes, from @at on. */
static void wrote(const struct guest_kind *kind, u64 at, u64 op, u64 val)
{
	struct history_entry e = { .mem = mem + at, .op = op, .kind = kind };

	memcpy(e.after, &val, sizeof(val));
	history_add(&history, &e);
}

static bool is_op(const struct history_entry *e, s64 op)
{
	return op < 0 ? !e : e && e->op == op;
}

static void put(u64 at, u64 val)
{
	memcpy(mem + at, &val, sizeof(val));
}

static void test_last(void)
{
	ok(is_op(history_last(&history, mem), -1), "nobody has written");
	wrote(&eight, 8, 1, 0x11);
	wrote(&eight, 12, 2, 0x22);
	ok(is_op(history_last(&history, mem + 8), 1) &&
	   is_op(history_last(&history, mem + 11), 1), "the bytes that one op wrote");
	ok(is_op(history_last(&history, mem + 12), 2) &&
	   is_op(history_last(&history, mem + 19), 2), "the later of two");
	ok(is_op(history_last(&history, mem + 7), -1) &&
	   is_op(history_last(&history, mem + 20), -1), "the bytes around");
	history_free(&history);
}

static void test_of(void)
{
	wrote(&eight, 8, 1, 0x1111);
	wrote(&eight, 8, 2, 0x2222);
	wrote(&eight, 8, 3, 0x3311);
	put(8, 0x1111);
	ok(is_op(history_of(&history, mem + 8), 1), "the op whose whole value is there");
	ok(is_op(history_of(&history, mem + 10), 3), "from the byte on that differs");
	put(8, 0x4444);
	ok(is_op(history_of(&history, mem + 8), -1), "a value that nobody wrote");
	history_free(&history);
}

/* Of long ops only the beginning is kept. */
static void test_wide(void)
{
	wrote(&wide, 0, 1, 0x5555);
	put(0, 0x5555);
	put(8, 0);
	put(HISTORY_BYTES, ~0ull);
	ok(is_op(history_of(&history, mem), 1), "what was kept of it is there");
	ok(is_op(history_of(&history, mem + HISTORY_BYTES), -1), "what was not kept is unknown");
	ok(is_op(history_last(&history, mem + 63), 1), "its last byte is its own");
	history_free(&history);
}

static void test_forgotten(void)
{
	u64 i;

	wrote(&eight, 64, 1, 0x77);
	put(64, 0x77);
	for (i = 1; i < HISTORY_OPS; i++)
		wrote(&eight, 8, i + 1, i);
	ok(is_op(history_last(&history, mem + 64), 1), "the oldest of those remembered");
	wrote(&eight, 8, i + 1, i);
	ok(is_op(history_last(&history, mem + 64), -1), "one op later it is forgotten");
	ok(is_op(history_last(&history, mem + 8), HISTORY_OPS + 1), "the latest is not");
	history_free(&history);
}

int main(void)
{
	test_last();
	test_of();
	test_wide();
	test_forgotten();
	return unit_end();
}
