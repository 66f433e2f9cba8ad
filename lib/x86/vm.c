// SPDX-License-Identifier: GPL-2.0-only
/* VMs on x86: libkvm's are right as they are. */
#include "testvm.h"

void testvm_arch_init(void)
{
}

void testvm_arch_created(struct kvm_vm *vm, int nr_vcpus)
{
}
