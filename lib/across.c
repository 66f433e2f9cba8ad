// SPDX-License-Identifier: GPL-2.0-only
/* Accesses across pages by the CPU alone, without KVM. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "across.h"

/*
 * The memory is one huge page where there are any, so that what is stored behind
 * a page hits no other's memory.  Its even pages, backwards, are the window that
 * is written to: no two neighbours there are neighbours in memory.  The odd ones
 * catch what goes astray.
 */
#define AREA_BYTES (2ul << 20)
/* For what is written, and as many for what is copied. */
#define TARGET_PAGES 5
#define WINDOW_PAGES (2 * TARGET_PAGES)

/* No byte of these is one of the other, or of a value. */
static const u8 poisons[] = { 0xa7, 0x58 };
#define VALUE 0x1122334455667788ul

static struct {
	bool tried;
	u64 page, window_bytes;
	u8 *window, *expected, *catcher[WINDOW_PAGES];
	u8 *written, *wanted;
} mem;

static sigjmp_buf out;

static void *map(u64 bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Move every second page of @area to the window, the last one first. */
static bool make_window(u8 *area)
{
	u64 i;
	u8 *from;

	for (i = 0; i < WINDOW_PAGES; i++) {
		from = area + 2 * (WINDOW_PAGES - i) * mem.page;
		mem.catcher[i] = from + mem.page;
		if (mremap(from, mem.page, mem.page,
			   MREMAP_MAYMOVE | MREMAP_FIXED,
			   mem.window + i * mem.page) == MAP_FAILED)
			return false;
	}
	return true;
}

static bool make_areas(void)
{
	u8 *area = map(2 * AREA_BYTES);

	mem.page = getpagesize();
	mem.window_bytes = WINDOW_PAGES * mem.page;
	mem.window = map(mem.window_bytes);
	mem.expected = map(mem.window_bytes);
	mem.written = map(ACROSS_MAX_BYTES);
	mem.wanted = map(ACROSS_MAX_BYTES);
	if (!area || !mem.window || !mem.expected || !mem.written || !mem.wanted)
		return false;
	if ((2 * WINDOW_PAGES + 2) * mem.page > AREA_BYTES)
		return false;
	area += -(u64)area % AREA_BYTES;
	/* Without huge pages they come one by one, mostly one after the other. */
	madvise(area, AREA_BYTES, MADV_HUGEPAGE);
	memset(area, 0, (2 * WINDOW_PAGES + 2) * mem.page);
	return make_window(area);
}

static bool have_memory(void)
{
	static bool made;

	if (!mem.tried) {
		mem.tried = true;
		made = make_areas();
	}
	return made;
}

static void leave(int sig)
{
	siglongjmp(out, 1);
}

static const int signals[] = { SIGSEGV, SIGILL, SIGBUS };

/* On a stack of its own: where the stack pointer is in the midst is not known. */
static bool write_safely(const struct across_write *w, u8 *at, u64 val)
{
	static u8 stack[64 << 10];
	stack_t alt = { .ss_sp = stack, .ss_size = sizeof(stack) }, old_alt;
	struct sigaction act = { .sa_handler = leave, .sa_flags = SA_ONSTACK };
	struct sigaction old[ARRAY_SIZE(signals)];
	static bool done;
	unsigned int i;

	done = false;
	sigaltstack(&alt, &old_alt);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, &old[i]);
	if (!sigsetjmp(out, 1)) {
		w->write((u64)at, val);
		done = true;
	}
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &old[i], NULL);
	sigaltstack(&old_alt, NULL);
	return done;
}

/* The second half of the window is there to be copied. */
static void fill(u8 poison)
{
	u64 half = mem.window_bytes / 2, i;

	for (i = 0; i < WINDOW_PAGES; i++)
		memset(mem.catcher[i], poison, mem.page);
	memset(mem.window, poison, half);
	for (i = half; i < mem.window_bytes; i++)
		mem.window[i] = i * 7 / 3;
	memcpy(mem.expected, mem.window, mem.window_bytes);
}

static bool nothing_astray(u8 poison)
{
	u64 i;

	for (i = 0; i < WINDOW_PAGES; i++)
		if (mem.catcher[i][0] != poison ||
		    memcmp(mem.catcher[i], mem.catcher[i] + 1, mem.page - 1))
			return false;
	return true;
}

/* What is not known to differ is the same as before. */
static bool same_as_model(const struct across_write *w, u64 at, u64 val, u8 poison)
{
	if (w->model)
		w->model(mem.expected + at, val);
	else if (w->opaque)
		memcpy(mem.expected + at, mem.window + at, w->bytes);
	return nothing_astray(poison) &&
	       !memcmp(mem.expected, mem.window, mem.window_bytes);
}

/* Collect in @written which bytes an opaque one changes, @at into the window. */
static bool survey(const struct across_write *w, u64 at, u8 *written, bool *right)
{
	unsigned int i;
	u32 b;

	memset(written, 0, w->bytes);
	for (i = 0; i < ARRAY_SIZE(poisons); i++) {
		fill(poisons[i]);
		if (!write_safely(w, mem.window + at, VALUE))
			return false;
		*right = *right && same_as_model(w, at, VALUE, poisons[i]);
		for (b = 0; b < w->bytes; b++)
			written[b] |= mem.window[at + b] != poisons[i];
	}
	return true;
}

static bool opaque_is_right(const struct across_write *w, u64 at)
{
	bool right = true, unused = true;

	if (!survey(w, 0, mem.wanted, &unused) ||
	    !survey(w, at, mem.written, &right))
		return true;
	return right && !memcmp(mem.wanted, mem.written, w->bytes);
}

static bool modelled_is_right(const struct across_write *w, u64 at)
{
	/* Not aligned as the destination is. */
	u64 val = w->copies ? mem.window_bytes / 2 + 24 - mem.page : VALUE;

	fill(poisons[0]);
	if (!write_safely(w, mem.window + at, val))
		return true;
	return same_as_model(w, at, val, poisons[0]);
}

bool across_is_right(const struct across_write *w, u64 before)
{
	u64 at;

	if (w->bytes > ACROSS_MAX_BYTES || !have_memory())
		return true;
	at = 2 * mem.page - before;
	return w->opaque ? opaque_is_right(w, at) : modelled_is_right(w, at);
}

u8 *across_behind(u64 addr)
{
	return mem.catcher[(addr - (u64)mem.window) / mem.page];
}
