/* SPDX-License-Identifier: GPL-2.0-only */
/* How a machine that is not there maps memory. */
#ifndef SUITE_FAKE_MMU_H
#define SUITE_FAKE_MMU_H

#include "contract.h"

/* What mmu_mode() says. */
extern enum mmu fake_mmu;

#endif
