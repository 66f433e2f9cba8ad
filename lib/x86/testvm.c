// SPDX-License-Identifier: GPL-2.0-only
/* VMs on x86: libkvm's are right as they are. */
#include <processor.h>

#include "options.h"
#include "testvm.h"

void testvm_arch_init(void)
{
}

void testvm_arch_created(struct kvm_vm *vm, int nr_vcpus)
{
}

/*
 * Bochs keeps interrupts from a guest that has them off, as the host does when it
 * enters it: they would not end it, and a kick nor a flush be seen.  Nothing interrupts
 * these guests themselves.
 */
void testvm_arch_vcpu_added(struct kvm_vcpu *vcpu)
{
	struct kvm_regs regs;

	if (!options.bochs)
		return;
	vcpu_regs_get(vcpu, &regs);
	regs.rflags |= X86_EFLAGS_IF;
	vcpu_regs_set(vcpu, &regs);
}

/* The CPU's own width, always. */
struct vm_shape testvm_arch_large_shape(const struct subject *subject)
{
	struct vm_shape shape = VM_SHAPE_DEFAULT;

	shape.type = subject->vm_type;
	return shape;
}

/* No IDT: a page fault is a triple fault. */
void testvm_arch_crash(struct kvm_vcpu *vcpu)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu_sregs_get(vcpu, &sregs);
	sregs.idt.limit = 0;
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_regs_get(vcpu, &regs);
	regs.rip = 0;
	vcpu_regs_set(vcpu, &regs);
}
