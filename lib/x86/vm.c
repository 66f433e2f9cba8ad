// SPDX-License-Identifier: GPL-2.0-only
/* VMs on x86: libkvm's are right as they are. */
#include "testvm.h"

void testvm_arch_init(void)
{
}

void testvm_arch_created(struct kvm_vm *vm, int nr_vcpus)
{
}

/* The CPU's own width, always. */
struct vm_shape testvm_arch_large_shape(const struct subject *subject)
{
	struct vm_shape shape = VM_SHAPE_DEFAULT;

	shape.type = subject->vm_type;
	return shape;
}
