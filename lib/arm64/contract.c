// SPDX-License-Identifier: GPL-2.0-only
/* How KVM on this arm64 machine maps guest memory. */
#include "contract.h"

enum mmu mmu_mode(void)
{
	return MMU_STAGE2;
}

u64 mmu_bytes_per_page(void)
{
	return 0;
}

/* Only after KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, which no VM here has. */
bool mmu_splits_ahead(void)
{
	return false;
}
