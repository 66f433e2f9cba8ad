// SPDX-License-Identifier: GPL-2.0-only
/* How KVM on this x86 machine maps guest memory. */
#include "contract.h"
#include "procfs.h"

enum mmu mmu_mode(void)
{
	if (!procfs_flag("/sys/module/kvm_amd/parameters/npt", true) ||
	    !procfs_flag("/sys/module/kvm_intel/parameters/ept", true))
		return MMU_SHADOW;
	if (!procfs_flag("/sys/module/kvm_intel/parameters/eptad", true))
		return MMU_TDP_NOAD;
	if (procfs_flag("/sys/module/kvm_intel/parameters/pml", false))
		return MMU_TDP_PML;
	return MMU_TDP;
}

/*
 * Without the TDP MMU every page has a list of its mappings, and with shadow
 * paging also a count of who tracks it: memslot_rmap_alloc() in
 * arch/x86/kvm/x86.c, page_track.c.
 */
u64 mmu_bytes_per_page(void)
{
	if (mmu_mode() == MMU_SHADOW)
		return 10;
	return procfs_flag("/sys/module/kvm/parameters/tdp_mmu", false) ? 0 : 8;
}

/* kvm_mmu_slot_try_split_huge_pages() leaves all but the TDP MMU's alone. */
bool mmu_splits_ahead(void)
{
	return mmu_mode() != MMU_SHADOW &&
		procfs_flag("/sys/module/kvm/parameters/tdp_mmu", false) &&
		procfs_flag("/sys/module/kvm/parameters/eager_page_split", false);
}
