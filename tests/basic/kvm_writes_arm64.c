// SPDX-License-Identifier: GPL-2.0-only
/* Structures in guest memory that KVM itself writes on arm64. */
#ifdef __aarch64__

#include <processor.h>

#include "guest_msr.h"
#include "kvm_writes.h"

/* The function "PV_TIME_ST" of Arm's DEN0057A; it returns the address. */
#define PV_TIME_ST 0xc5000021

/* The structure that KVM writes there. */
struct stolen_time {
	u32 revision;
	u32 attributes;
	u64 stolen_ns;
};

static void pv_time_locate(struct kvm_vcpu *vcpu, u64 gpa)
{
	vcpu_device_attr_set(vcpu, KVM_ARM_VCPU_PVTIME_CTRL,
			     KVM_ARM_VCPU_PVTIME_IPA, &gpa);
}

/* KVM zeroes the structure first. */
static bool pv_time_valid(const void *mem)
{
	const struct stolen_time *stolen = mem;

	return !stolen->revision && !stolen->attributes;
}

const struct kvm_write kvm_writes[] = {
	/* kvm_update_stolen_time(), asked for by every kvm_arch_vcpu_load(). */
	{
		.name = "stolen_time",
		.locate = pv_time_locate,
		.prefill = ~0ull,
		.enable = {
			{ .kind = &hypercall, .gva = PV_TIME_ST,
			  .vcpu = KVM_WRITE_GPA },
		},
		.again = WRITES_ENTRY,
		.valid = pv_time_valid,
	},
};

const unsigned int nr_kvm_writes = ARRAY_SIZE(kvm_writes);
#endif
