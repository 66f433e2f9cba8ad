/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks: log against oracle, memory against what it must be. */
#ifndef SUITE_CHECK_H
#define SUITE_CHECK_H

#include "known.h"
#include "memslot.h"

/*
 * Harvest once and compare every logged memslot with its oracle, page by page.
 * A difference fails the test, naming page, op, harvest and replay command.
 * Returns true when there is none.
 */
bool check_harvest(struct testvm *t);

/* The same for what harvest() has collected already. */
bool check_reported(struct testvm *t);

/* What a harvest knows of a page of the memslot @slot, for known_subtract(). */
struct page_facts check_facts(const void *slot, u64 page);

/*
 * Compare the memory of every memslot with what the guest was told to write:
 * the pages that were written, or @all, which takes a while when emulated.
 */
bool check_content(struct testvm *t, bool all);

/* The same for pages [@page, @page + @nr) of @s, as far as it has them. */
bool check_pages(struct testslot *s, u64 page, u64 nr);

#endif
