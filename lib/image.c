// SPDX-License-Identifier: GPL-2.0-only
/* The image of a migration's destination. */
#include <stdio.h>
#include <stdlib.h>

#include "image.h"
#include "sparse.h"
#include "words.h"

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

	words_copy((u64 *)(img->bytes + at), (const u64 *)(mem + at),
		   img->page_size / sizeof(u64));
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
	words_copy((u64 *)img->bytes, mem, img->npages * img->page_size / sizeof(u64));
}

u64 image_differs_from(const struct image *img, const void *mem, u64 page)
{
	u64 words = img->page_size / sizeof(u64), skip = page * words;

	return page + words_same((const u64 *)img->bytes + skip, (const u64 *)mem + skip,
				 img->npages * words - skip) / words;
}

u64 image_differs(const struct image *img, const void *mem)
{
	return image_differs_from(img, mem, 0);
}
