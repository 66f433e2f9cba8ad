// SPDX-License-Identifier: GPL-2.0-only
/* The image of a migration's destination. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "sparse.h"

u64 first_difference(const void *a, const void *b, u64 bytes)
{
	const u64 *wa = a, *wb = b;
	const u8 *ca = a, *cb = b;
	u64 word = 0, at;

	while (word < bytes / sizeof(*wa) && wa[word] == wb[word])
		word++;
	at = word * sizeof(*wa);
	while (at < bytes && ca[at] == cb[at])
		at++;
	return at;
}

void image_init(struct image *img, u64 npages, u32 page_size)
{
	img->npages = npages;
	img->page_size = page_size;
	img->bytes = sparse_alloc(npages * page_size);
	if (!img->bytes) {
		fputs("image: out of memory\n", stderr);
		exit(1);
	}
}

void image_free(struct image *img)
{
	sparse_free(img->bytes, img->npages * img->page_size);
}

static void copy_page(struct image *img, const u8 *mem, u64 page)
{
	u64 at = page * img->page_size;

	memcpy(img->bytes + at, mem + at, img->page_size);
}

u64 image_copy(struct image *img, const void *mem, const struct pageset *set)
{
	u64 page, n = 0;

	pageset_for_each(page, set) {
		copy_page(img, mem, page);
		n++;
	}
	return n;
}

void image_copy_all(struct image *img, const void *mem)
{
	memcpy(img->bytes, mem, img->npages * img->page_size);
}

u64 image_differs(const struct image *img, const void *mem)
{
	return first_difference(img->bytes, mem, img->npages * img->page_size) /
	       img->page_size;
}
