// SPDX-License-Identifier: GPL-2.0-only
/* How a machine that is not there maps memory. */
#include "fake_mmu.h"

enum mmu fake_mmu;

enum mmu mmu_mode(void)
{
	return fake_mmu;
}
