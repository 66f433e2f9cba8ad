/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a migration's destination: a copy of a memslot that is only
 * ever given the pages that a harvest reported.  When the guest has stopped and
 * the last harvest is copied, it must equal the memory.
 */
#ifndef SUITE_IMAGE_H
#define SUITE_IMAGE_H

#include "pageset.h"

/*
 * Memory of the host is used for pages that were copied, for others none.
 *
 * @bytes:	the copy
 * @page_size:	in bytes
 */
struct image {
	u8 *bytes;
	u64 npages;
	u32 page_size;
};

/* All zeros, as fresh memory is.  Exits when there is no address space. */
void image_init(struct image *img, u64 npages, u32 page_size);
void image_free(struct image *img);

/* Copy the pages of @set from @mem; returns how many. */
u64 image_copy(struct image *img, const void *mem, const struct pageset *set);
/* Copy all of it, as a migration does when its log starts. */
void image_copy_all(struct image *img, const void *mem);

/* The first page that differs from @mem, or npages. */
u64 image_differs(const struct image *img, const void *mem);
/* The same from @page on, which may be npages. */
u64 image_differs_from(const struct image *img, const void *mem, u64 page);

#endif
