/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs under test. */
#ifndef SUITE_TESTVM_H
#define SUITE_TESTVM_H

#include "memslot.h"

/*
 * Per architecture: ask the machine, once, what libkvm asks for every VM, and
 * make up for it in a VM that has no vCPUs yet.
 */
void testvm_arch_init(void);
void testvm_arch_created(struct kvm_vm *vm, int nr_vcpus);
void testvm_arch_vcpu_added(struct kvm_vcpu *vcpu);
/* A VM of @subject with as much guest physical memory as there can be. */
struct vm_shape testvm_arch_large_shape(const struct subject *subject);
/* Have @vcpu jump to nowhere, on x86 with nothing to catch it. */
void testvm_arch_crash(struct kvm_vcpu *vcpu);

/* Make a VM whose vCPUs run guest_main(); its memslots come later. */
void testvm_create(struct testvm *t, const struct subject *subject,
		   const struct log_mode *mode, int nr_vcpus);
/* The same with another guest page size: one of libkvm's VM_MODE_*. */
void testvm_create_shape(struct testvm *t, const struct subject *subject,
			 const struct log_mode *mode, int nr_vcpus,
			 struct vm_shape shape);
/* One vCPU more of a VM that runs; returns its number.  On x86 alone. */
int testvm_add_vcpu(struct testvm *t);
/* Ends with everything closed: the VM first, then the memory. */
void testvm_destroy(struct testvm *t);

/* A number of KVM's binary statistics of this VM, or -1 when it has none such. */
s64 testvm_stat(const struct testvm *t, const char *name);

/* Name what the test does from here on: stands in failures, after the steps it is in. */
void testvm_step(struct testvm *t, const char *fmt, ...)
	__printf(2, 3);
/* The steps to come are within this one, until testvm_steps_out(). */
void testvm_steps_in(struct testvm *t);
void testvm_steps_out(struct testvm *t);
/* No step is within another one any more. */
void testvm_steps_anew(struct testvm *t);

#endif
