/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What headers of lib/ want of libkvm's kvm_util.h, for unit tests of code that only
 * passes its types on.
 */
#ifndef SUITE_FAKE_KVM_UTIL_H
#define SUITE_FAKE_KVM_UTIL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "types.h"

struct kvm_vm;
struct kvm_vcpu;
struct kvm_run;
struct kvm_dirty_gfn;
struct kvm_userspace_memory_region2;
struct vm_shape;

#define BIT_ULL(n) (1ull << (n))
#define KVM_MEM_GUEST_MEMFD 4u
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))

#endif
