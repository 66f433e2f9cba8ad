// SPDX-License-Identifier: GPL-2.0-only
/* VMs on arm64. */
#include <guest_modes.h>
#include <kvm_util.h>
#include <processor.h>
#include <vgic.h>

#include "testvm.h"

static bool has_gic;

/* libkvm makes a VM to find out whether a VM can have a GICv3, for every VM. */
void testvm_arch_init(void)
{
	has_gic = kvm_supports_vgic_v3();
	test_disable_default_vgic();
}

/* What kvm_arch_vm_post_create() does that has been disabled. */
void testvm_arch_created(struct kvm_vm *vm, int nr_vcpus)
{
	if (!has_gic)
		return;
	vm->arch.gic_fd = __vgic_v3_setup(vm, nr_vcpus, 64);
	vm->arch.has_gic = true;
}

void testvm_arch_vcpu_added(struct kvm_vcpu *vcpu)
{
}

/* libkvm's default has 40 bits. */
struct vm_shape testvm_arch_large_shape(const struct subject *subject)
{
	struct vm_shape shape = VM_SHAPE_DEFAULT;

	if (guest_modes[VM_MODE_P48V48_4K].supported)
		shape.mode = VM_MODE_P48V48_4K;
	shape.type = subject->vm_type;
	return shape;
}

void testvm_arch_crash(struct kvm_vcpu *vcpu)
{
	vcpu_set_reg(vcpu, ARM64_CORE_REG(regs.pc), 0);
}
