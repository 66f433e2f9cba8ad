/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory that costs nothing where it is not touched. */
#ifndef SUITE_SPARSE_H
#define SUITE_SPARSE_H

#include "types.h"

/*
 * @bytes of zeros.  From some size on only pages that were written take memory,
 * small ones at that, and there may be more of it than the machine has.  NULL
 * when there is no such address space.
 */
void *sparse_alloc(u64 bytes);
/* @bytes: as allocated; @mem may be NULL */
void sparse_free(void *mem, u64 bytes);

#endif
