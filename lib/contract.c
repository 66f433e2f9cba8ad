// SPDX-License-Identifier: GPL-2.0-only
/* The contract: what KVM may report besides writes. */
#include "contract.h"
#include "options.h"

/* With accessed and dirty bits. */
#define MMU_X86_AD (MMU_TDP | MMU_TDP_PML)

/*
 * @why: the source of the allowance.  What is not in the table is not allowed.
 * @cpu: KVM has no part in it; --strict keeps it.
 */
static const struct allowance {
	enum event event;
	unsigned int mmus;
	const char *why;
	bool cpu;
} allowances[] = {
	/*
	 * A read fault maps the page writable, and KVM marks what it maps
	 * writable: make_spte() in arch/x86/kvm/mmu/spte.c.  The in-tree
	 * nested_dirty_log_test.c calls it KVM's ABI.  arm64 has no such row:
	 * user_mem_abort() maps a page that is logged writable for writes only.
	 */
	{ EVENT_FIRST_READ, MMU_X86_AD | MMU_TDP_NOAD | MMU_SHADOW,
	  "x86: a read fault maps the page writable and marks it", false },
	/*
	 * x86 CPUs write back what they read when a compare fails, KVM's
	 * emulator marks the page before it looks at the result
	 * (emulator_cmpxchg_emulated() in arch/x86/kvm/x86.c), and on arm64 it
	 * is the CPU's choice whether the fault is a write (Arm ARM, CAS).
	 */
	{ EVENT_FAILED_WRITE,
	  MMU_X86_AD | MMU_TDP_NOAD | MMU_SHADOW | MMU_STAGE2,
	  "a compare-and-swap that fails may be a write to the CPU", true },
	/*
	 * Prefaulting is a read fault, too.  Without accessed bits its mappings
	 * are made for access tracking, which takes their write permission
	 * before make_spte() looks for it; shadow paging does not prefault.
	 */
	{ EVENT_PREFAULT, MMU_X86_AD,
	  "x86: a page mapped ahead is mapped writable and marked", false },
	/*
	 * The CPU walks guest page tables with what NPT, and EPT with
	 * accessed/dirty bits, treat as writes: the comments in
	 * update_accessed_dirty_bits() and walk_addr_generic() of
	 * arch/x86/kvm/mmu/paging_tmpl.h.  After a harvest any walk that the
	 * TLB does not save faults, or sets the dirty bit, and is marked.
	 */
	{ EVENT_PT_WALK, MMU_X86_AD,
	  "x86: NPT and EPT with A/D bits treat walks of guest tables as writes", true },
	{ EVENT_PT_FIRST_WALK, MMU_X86_AD, "the same", true },
	/* Without A/D bits a walk reads, and the row of first reads applies. */
	{ EVENT_PT_FIRST_WALK, MMU_TDP_NOAD,
	  "x86: the first walk is a first read", false },
	/*
	 * A changed entry drops the SPTE made from it, and the fault that makes
	 * it anew makes it writable and marks it: fetch() in paging_tmpl.h,
	 * make_spte() in spte.c.
	 */
	{ EVENT_PT_CHANGE, MMU_SHADOW,
	  "x86: shadow paging makes SPTEs anew and marks the writable ones", false },
	/*
	 * kvm_arch_vcpu_load() asks for an update where the TSC is unstable or
	 * the vCPU has changed its CPU: arch/x86/kvm/x86.c.
	 */
	{ EVENT_KVM_UPDATE, MMU_X86_AD | MMU_TDP_NOAD | MMU_SHADOW,
	  "x86: KVM updates kvmclock when it enters a vCPU", false },
	/*
	 * record_steal_time() in arch/x86/kvm/x86.c goes to its label "dirty"
	 * when it cannot write.
	 */
	{ EVENT_KVM_WRITE_FAILED, MMU_X86_AD | MMU_TDP_NOAD | MMU_SHADOW,
	  "x86: KVM marks steal time that it could not write", false },
	/*
	 * KVM_GET_DIRTY_LOG and KVM_CLEAR_DIRTY_LOG kick the vCPUs and do not wait:
	 * kvm_arch_sync_dirty_log() in arch/x86/kvm/x86.c.  Rings are complete when
	 * vCPUs have been kicked out: Documentation/virt/kvm/api.rst, 8.29.
	 */
	{ EVENT_LATE_MARK, MMU_TDP_PML,
	  "x86: with PML a page is in the log when its vCPU has left the guest", false },
};

const char *mmu_name(enum mmu mmu)
{
	switch (mmu) {
	case MMU_TDP:
		return "tdp";
	case MMU_TDP_NOAD:
		return "tdp_noad";
	case MMU_TDP_PML:
		return "tdp_pml";
	case MMU_SHADOW:
		return "shadow";
	case MMU_STAGE2:
		return "stage2";
	}
	return "unknown";
}

bool contract_allows(enum event event)
{
	enum mmu mmu = mmu_mode();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(allowances); i++) {
		const struct allowance *a = &allowances[i];

		if (a->event == event && (a->mmus & mmu))
			return a->cpu || !options.strict;
	}
	return false;
}
