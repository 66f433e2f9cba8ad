// SPDX-License-Identifier: GPL-2.0-only
/* Entries of x86 page tables. */
#include <processor.h>

#include "guest_pt.h"

#define PTE_P BIT_ULL(0)
#define PTE_W BIT_ULL(1)
#define PTE_A BIT_ULL(5)
#define PTE_D BIT_ULL(6)
#define PTE_PS BIT_ULL(7)

/* The middle of the lower half of the address space. */
u64 guest_pt_base(const struct kvm_vm *vm)
{
	return 1ull << (guest_pt_shift(vm, vm->mmu.pgtable_levels + 1) - 2);
}

int guest_pt_max_leaf(const struct kvm_vm *vm)
{
	return kvm_cpu_has(X86_FEATURE_GBPAGES) ? PG_LEVEL_1G : PG_LEVEL_2M;
}

void guest_pt_enable(struct kvm_vcpu *vcpu)
{
}

unsigned int guest_pt_tracked(struct kvm_vcpu *vcpu, unsigned int flags)
{
	return flags & PT_LEAF ? PT_ACCESSED | PT_DIRTY : PT_ACCESSED;
}

int guest_pt_max_tracked(struct kvm_vcpu *vcpu)
{
	return guest_pt_max_leaf(vcpu->vm);
}

u64 guest_pt_entry(const struct kvm_vm *vm, u64 gpa, int level,
		   unsigned int flags)
{
	u64 entry = gpa | PTE_P | PTE_W;

	if (flags & PT_LEAF && level > PG_LEVEL_4K)
		entry |= PTE_PS;
	if (flags & PT_ACCESSED)
		entry |= PTE_A;
	if (flags & PT_LEAF && flags & PT_DIRTY)
		entry |= PTE_D;
	return entry;
}
