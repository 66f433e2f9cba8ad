/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract: what KVM may report besides writes.  One table, keyed by the
 * event and by how KVM maps guest memory; docs/contract.md explains each row.
 */
#ifndef SUITE_CONTRACT_H
#define SUITE_CONTRACT_H

#include "types.h"

/*
 * How KVM translates guest physical addresses, as far as logging depends on it.
 *
 * @MMU_TDP:		x86, NPT or EPT with accessed/dirty bits
 * @MMU_TDP_PML:	x86, EPT with accessed/dirty bits, and the CPU logs pages in a
 *			buffer that KVM empties when the vCPU leaves the guest
 * @MMU_TDP_NOAD:	x86, EPT without accessed/dirty bits
 * @MMU_SHADOW:		x86, shadow page tables (npt=0, ept=0)
 * @MMU_STAGE2:		arm64
 */
enum mmu {
	MMU_TDP = 1,
	MMU_TDP_NOAD = 2,
	MMU_SHADOW = 4,
	MMU_STAGE2 = 8,
	MMU_TDP_PML = 16,
};

enum event {
	/* A page is read that KVM has not mapped since it became a memslot. */
	EVENT_FIRST_READ,
	/* An instruction that may write does not, as a failing compare-and-swap. */
	EVENT_FAILED_WRITE,
	/* KVM_PRE_FAULT_MEMORY of a page that KVM has not mapped. */
	EVENT_PREFAULT,
	/* A guest walk reads a page of page tables and changes nothing there. */
	EVENT_PT_WALK,
	/* The same, for the first time since the page became a memslot's. */
	EVENT_PT_FIRST_WALK,
	/* A page is read through an entry, writable and dirty, that is new. */
	EVENT_PT_CHANGE,
	/* A vCPU is entered, and KVM keeps kvmclock for it up to date. */
	EVENT_KVM_UPDATE,
	/* KVM has tried to write steal time and failed: it is not mapped. */
	EVENT_KVM_WRITE_FAILED,
	/* A write has finished, and its vCPU has not left the guest since. */
	EVENT_LATE_MARK,
	NR_EVENTS
};

/* How this machine's KVM maps memory, read from its module parameters. */
enum mmu mmu_mode(void);

/* Does KVM split huge pages when their log starts, not when they are written? */
bool mmu_splits_ahead(void);

/* The mode's name as docs/contract.md spells it. */
const char *mmu_name(enum mmu mmu);

/* Bytes that KVM takes for each page of a memslot besides its dirty bitmaps. */
u64 mmu_bytes_per_page(void);

/*
 * May a harvest contain a page for which @event alone happened, or for EVENT_LATE_MARK
 * not yet contain it?  With --strict only where it is the CPU that writes, so that no
 * kernel could tell.
 */
bool contract_allows(enum event event);

#endif
