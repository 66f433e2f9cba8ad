// SPDX-License-Identifier: GPL-2.0-only
/* image.c: a copy has what was copied, and differs where something was not. */
#include <string.h>

#include "image.h"
#include "unit.h"

#define PAGE 4096
#define NPAGES 70

static u8 mem[NPAGES * PAGE];

int main(void)
{
	struct image img;
	struct pageset set;
	u64 page;

	image_init(&img, NPAGES, PAGE);
	pageset_init(&set, NPAGES);
	ok(image_differs(&img, mem) == NPAGES, "fresh memory is all zeros");
	mem[3 * PAGE] = 1;
	mem[NPAGES * PAGE - 1] = 2;
	ok(image_differs(&img, mem) == 3, "the first page that differs");
	ok(image_differs_from(&img, mem, 3) == 3, "a page where one begins to look");
	ok(image_differs_from(&img, mem, 4) == NPAGES - 1, "the next that differs");
	ok(image_differs_from(&img, mem, NPAGES) == NPAGES, "nothing behind the end");
	pageset_set(&set, 3);
	ok(image_copy(&img, mem, &set) == 1, "one page is copied");
	ok(image_differs(&img, mem) == NPAGES - 1, "the last byte counts");
	for (page = 0; page < NPAGES; page++)
		mem[page * PAGE + 7] = page;
	pageset_fill(&set);
	ok(image_copy(&img, mem, &set) == NPAGES, "all pages are copied");
	ok(image_differs(&img, mem) == NPAGES, "and nothing differs");
	mem[0]++;
	image_copy_all(&img, mem);
	ok(image_differs(&img, mem) == NPAGES, "a copy of all of it");
	pageset_free(&set);
	image_free(&img);
	return unit_end();
}
