// SPDX-License-Identifier: GPL-2.0-only
/* VMs on arm64. */
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
