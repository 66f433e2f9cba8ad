// SPDX-License-Identifier: GPL-2.0-only
/* Known failures: what released kernels get wrong. */
#include <fnmatch.h>

#include "known.h"

#define X86 (MMU_TDP | MMU_TDP_NOAD | MMU_SHADOW)
/* Log modes with rings and no bitmap. */
#define RING_ONLY "ring?(_small|_pieces)"
/* Subjects that KVM maps by user_mem_abort(), not by gmem_abort(). */
#define ORDINARY "!(gmem|gmem_mapped|gmem_huge)"
/* kvm_dirty_ring_push() in virt/kvm/dirty_ring.c: the ring was full. */
#define RING_WARN "WARNING: *dirty_ring.c:*"

static const struct known knowns[] = {
	/*
	 * memslot_is_logging() in arch/arm64/kvm/mmu.c asks for a dirty bitmap,
	 * which a memslot logged by rings alone does not have: reads and
	 * instruction fetches map pages writable and mark them.
	 */
	{
		.finding = "arm64-ring-without-bitmap",
		.tests = "basic." ORDINARY "." RING_ONLY
			 ".@(first_read|punch_hole|toggle_and_use)",
		.mmus = MMU_STAGE2,
		.failure = "spurious *:load_u64 * lost=0 *",
	}, {
		.finding = "arm64-ring-without-bitmap",
		.tests = "basic." ORDINARY "." RING_ONLY ".*execute",
		.mmus = MMU_STAGE2,
		.failure = "spurious *:execute * lost=0 *",
	},
	/* Walks of the guest's page tables are reads as well ... */
	{
		.finding = "arm64-ring-without-bitmap",
		.tests = "basic." ORDINARY "." RING_ONLY ".pt_first_walk",
		.mmus = MMU_STAGE2,
		.failure = "spurious * lost=0 * step=\"first walk: *",
	},
	/* ... and a fault maps a whole block, marking its first page alone. */
	{
		.finding = "arm64-ring-without-bitmap",
		.tests = "basic.@(anon_thp|hugetlb)." RING_ONLY
			 ".@(every_page|third_page|split_recover|huge_layouts|huge_1g)",
		.mmus = MMU_STAGE2,
		.failure = "lost *",
	},
	{
		.finding = "arm64-ring-without-bitmap",
		.tests = "stress." ORDINARY "." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.failure = "@(spurious|ring of) *",
	}, {
		.finding = "arm64-ring-without-bitmap",
		.tests = "stress.@(anon_thp|hugetlb)." RING_ONLY ".*",
		.mmus = MMU_STAGE2,
		.failure = "lost *",
	},
	/*
	 * kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c returns when a signal
	 * is pending, and forgets the batch of entries that it has taken from
	 * the ring and not write-protected yet.
	 */
	{
		.finding = "signal-forgets-ring-reset",
		.tests = "stress.*.ring*.signals",
		.mmus = X86 | MMU_STAGE2,
		.failure = "@(lost|image differs from memory) *",
	},
	/*
	 * Without userspace_addr kvm_vcpu_write_guest() in virt/kvm/kvm_main.c
	 * writes to NULL plus the offset, whatever the VMM has there.
	 */
	{
		.finding = "x86-emulator-writes-at-null",
		.tests = "basic.@(gmem|gmem_huge).*.emulated_stray",
		.mmus = X86,
		.failure = "@(stray write *|spurious *:@(insb|fep_*) *)",
	},
	/*
	 * kvm_vcpu_pre_fault_memory() in virt/kvm/kvm_main.c goes on when the
	 * ring is full, and kvm_dirty_ring_push() overwrites entries that were
	 * not harvested: their pages stay writable and unreported, and the
	 * kernel's index no longer is the reader's.
	 */
	{
		.finding = "prefault-overflows-ring",
		.tests = "basic.*.ring.prefault_overflow",
		.mmus = MMU_TDP,
		.failure = "@(lost *:store_u64 *|ring full and nothing in it *)",
		.splat = RING_WARN,
	},
	/*
	 * Nor does the emulator look at the ring between the elements of a
	 * string instruction, each of which is an entry of its own.
	 */
	{
		.finding = "emulated-string-overflows-ring",
		.tests = "basic.*.ring_small.emulated",
		.mmus = X86,
		.failure = "@(lost *:fep_rep_*|ring full and nothing in it *)",
		.splat = RING_WARN,
	},
	/*
	 * kvm_dirty_ring_reset() in virt/kvm/dirty_ring.c takes back what says that it
	 * was harvested, dirty before or not: its index overtakes that of
	 * kvm_dirty_ring_push(), which then thinks that the ring is full.
	 */
	{
		.finding = "reset-of-clean-ring-entry",
		.tests = "basic.*.ring*.ring_never_dirty",
		.mmus = X86 | MMU_STAGE2,
		.failure = "ring reset=* entries that were never dirty *",
		.splat = RING_WARN,
	},
};

static bool applies(const struct known *k, const char *test)
{
	return (k->mmus & mmu_mode()) && !fnmatch(k->tests, test, FNM_EXTMATCH);
}

const struct known *known_failure(const char *test, const char *failure)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++) {
		const struct known *k = &knowns[i];

		if (applies(k, test) && (!failure || !fnmatch(k->failure, failure, FNM_EXTMATCH)))
			return k;
	}
	return NULL;
}

bool known_splat(const char *test, const char *splat)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(knowns); i++) {
		const struct known *k = &knowns[i];

		if (k->splat && applies(k, test) && !fnmatch(k->splat, splat, 0))
			return true;
	}
	return false;
}
