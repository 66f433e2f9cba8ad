// SPDX-License-Identifier: GPL-2.0-only
/* across.c: CPUs that do it right, and CPUs that lose, shift or misplace bytes. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "across.h"
#include "unit.h"

#define BYTES 28

/* Bytes of an access that are in its first page. */
static u64 first_part(u64 addr)
{
	u64 page = getpagesize();

	return page - addr % page < BYTES ? page - addr % page : BYTES;
}

static void model(u8 *mem, u64 val)
{
	u64 i;

	for (i = 0; i < BYTES; i++)
		mem[i] = val >> (i % 8 * 8);
}

static void right(u64 addr, u64 val)
{
	model((u8 *)addr, val);
}

/* As QEMU does it: what follows the first page in memory gets the rest. */
static void astray(u64 addr, u64 val)
{
	u64 n = first_part(addr);
	u8 text[BYTES];

	model(text, val);
	memcpy((u8 *)addr, text, n);
	memcpy(n < BYTES ? across_behind(addr) : (u8 *)addr + n, text + n, BYTES - n);
}

/* In the right place, and behind the first page as well. */
static void both(u64 addr, u64 val)
{
	right(addr, val);
	astray(addr, val);
}

static void lost(u64 addr, u64 val)
{
	u8 text[BYTES];

	model(text, val);
	memcpy((u8 *)addr, text, first_part(addr));
}

static void lost_first(u64 addr, u64 val)
{
	u64 n = first_part(addr);
	u8 text[BYTES];

	model(text, val);
	n = n < BYTES ? n : 0;
	memcpy((u8 *)addr + n, text + n, BYTES - n);
}

static void lost_last_byte(u64 addr, u64 val)
{
	u8 text[BYTES];

	model(text, val);
	memcpy((u8 *)addr, text, first_part(addr) < BYTES ? BYTES - 1 : BYTES);
}

static void a_byte_too_many(u64 addr, u64 val)
{
	right(addr, val);
	if (first_part(addr) < BYTES)
		((u8 *)addr)[BYTES] = 0x11;
}

/* What the CPU writes may be what was there. */
static void writes_poison(u64 addr, u64 val)
{
	memset((u8 *)addr, 0x3c, BYTES);
	((u8 *)addr)[first_part(addr) < BYTES ? BYTES - 1 : 0] = 0xa7;
}

static void crash(u64 addr, u64 val)
{
	raise(SIGSEGV);
}

static void illegal(u64 addr, u64 val)
{
	raise(SIGILL);
}

static void nothing(u64 addr, u64 val)
{
}

static const struct {
	const char *name;
	void (*write)(u64 addr, u64 val);
	bool right;
} cpus[] = {
	{ "right", right, true },
	{ "the rest behind the first page", astray, false },
	{ "the rest in both places", both, false },
	{ "the rest lost", lost, false },
	{ "the first part lost", lost_first, false },
	{ "the last byte lost", lost_last_byte, false },
	{ "a byte too many", a_byte_too_many, false },
	{ "SIGSEGV", crash, true },
	{ "SIGILL", illegal, true },
};

static void test_cpus(void)
{
	static const u64 before[] = { 1, 3, 14, 27 };
	struct across_write w = { .bytes = BYTES };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		for (j = 0; j < ARRAY_SIZE(before); j++) {
			w.write = cpus[i].write;
			w.model = model;
			w.opaque = false;
			ok(across_is_right(&w, before[j]) == cpus[i].right,
			   "%s, %lu bytes in the first page", cpus[i].name, before[j]);
			w.model = NULL;
			w.opaque = true;
			ok(across_is_right(&w, before[j]) == cpus[i].right,
			   "%s, content not known", cpus[i].name);
		}
	}
}

static void model_copy(u8 *mem, u64 val)
{
	memmove(mem, mem + (s64)val, BYTES);
}

static void copy(u64 addr, u64 val)
{
	model_copy((u8 *)addr, val);
}

static void copy_shifted(u64 addr, u64 val)
{
	model_copy((u8 *)addr, val + 1);
}

static void test_others(void)
{
	struct across_write w = { .bytes = BYTES };

	w.write = nothing;
	ok(across_is_right(&w, 1), "nothing is to be written, and nothing is");
	w.write = right;
	ok(!across_is_right(&w, 1), "nothing is to be written, and something is");
	w.write = copy;
	w.model = model_copy;
	w.copies = true;
	ok(across_is_right(&w, 5), "a copy");
	w.write = copy_shifted;
	ok(!across_is_right(&w, 5), "a copy of something else");
	w = (struct across_write){ .bytes = BYTES, .opaque = true,
				   .write = writes_poison };
	ok(across_is_right(&w, 1), "what is written is what was there");
	w = (struct across_write){ .bytes = ACROSS_MAX_BYTES + 1, .opaque = true,
				   .write = nothing };
	ok(across_is_right(&w, 1), "larger than can be tried");
}

int main(void)
{
	test_cpus();
	test_others();
	return unit_end();
}
