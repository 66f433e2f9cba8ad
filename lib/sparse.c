// SPDX-License-Identifier: GPL-2.0-only
/* Memory that costs nothing where it is not touched. */
#include <stdlib.h>
#include <sys/mman.h>

#include "sparse.h"

/* Below this a mapping of its own costs more than it saves. */
#define SPARSE_MIN (128u << 10)

void *sparse_alloc(u64 bytes)
{
	void *mem;

	if (bytes < SPARSE_MIN)
		return calloc(1, bytes);
	mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mem == MAP_FAILED)
		return NULL;
	/* Else one byte may cost 2M.  Kernels without huge pages refuse. */
	madvise(mem, bytes, MADV_NOHUGEPAGE);
	return mem;
}

void sparse_free(void *mem, u64 bytes)
{
	if (bytes < SPARSE_MIN)
		free(mem);
	else if (mem)
		munmap(mem, bytes);
}
