// SPDX-License-Identifier: GPL-2.0-only
/* Entries of arm64 stage 1 page tables. */
#include <processor.h>

#include "guest_pt.h"

#define DESC_VALID BIT_ULL(0)
/* At level 1 of a page, above it of a table; without it there: of a block. */
#define DESC_TABLE BIT_ULL(1)
#define DESC_READONLY BIT_ULL(7)
#define DESC_DBM BIT_ULL(51)

#define TCR_HARDWARE_AF BIT_ULL(39)
#define TCR_HARDWARE_DIRTY BIT_ULL(40)

/* The upper half of what TTBR0 translates. */
u64 guest_pt_base(const struct kvm_vm *vm)
{
	return 1ull << (vm->va_bits - 1);
}

/* 1G blocks need the 4K granule; 16K and 64K have blocks of level 2 only. */
int guest_pt_max_leaf(const struct kvm_vm *vm)
{
	return vm->page_shift == 12 ? 3 : 2;
}

/* ID_AA64MMFR1_EL1.HAFDBS: 1 for the access flag, 2 for dirty state too. */
static unsigned int hafdbs(struct kvm_vcpu *vcpu)
{
	return vcpu_get_reg(vcpu, KVM_ARM64_SYS_REG(SYS_ID_AA64MMFR1_EL1)) & 0xf;
}

void guest_pt_enable(struct kvm_vcpu *vcpu)
{
	u64 reg = ctxt_reg_alias(vcpu, SYS_TCR_EL1);
	u64 tcr = vcpu_get_reg(vcpu, reg);

	if (hafdbs(vcpu) >= 1)
		tcr |= TCR_HARDWARE_AF;
	if (hafdbs(vcpu) >= 2)
		tcr |= TCR_HARDWARE_DIRTY;
	vcpu_set_reg(vcpu, reg, tcr);
}

unsigned int guest_pt_tracked(struct kvm_vcpu *vcpu, unsigned int flags)
{
	if (!(flags & PT_LEAF) || hafdbs(vcpu) < 1)
		return 0;
	return hafdbs(vcpu) >= 2 ? PT_ACCESSED | PT_DIRTY : PT_ACCESSED;
}

/*
 * A stage 2 fault of a stage 1 walk tells the level of the stage 2 walk.  QEMU
 * before 8.0 tells the level of stage 1, and KVM, which then takes the page for
 * a block and has nothing to change in it (kvm_s2_fault_map()), returns to the
 * guest for ever.  QEMU's own CPU model names no implementer.
 */
int guest_pt_max_tracked(struct kvm_vcpu *vcpu)
{
	u64 midr = vcpu_get_reg(vcpu, KVM_ARM64_SYS_REG(SYS_MIDR_EL1));

	return midr >> 24 & 0xff ? guest_pt_max_leaf(vcpu->vm) : 1;
}

/* With 52 bit addresses these bits are of the address: TCR_EL1.DS. */
static u64 shareability(const struct kvm_vm *vm)
{
	return vm->pa_bits > 48 && vm->page_shift < 16 ? 0 : PTE_SHARED;
}

u64 guest_pt_entry(const struct kvm_vm *vm, u64 gpa, int level,
		   unsigned int flags)
{
	u64 desc = gpa | DESC_VALID;

	if (!(flags & PT_LEAF))
		return desc | DESC_TABLE;
	if (level == 1)
		desc |= DESC_TABLE;
	if (flags & PT_ACCESSED)
		desc |= PTE_AF;
	if (!(flags & PT_DIRTY))
		desc |= DESC_READONLY;
	return desc | DESC_DBM | PTE_ATTRINDX(MT_NORMAL) | shareability(vm);
}
