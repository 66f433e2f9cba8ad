// SPDX-License-Identifier: GPL-2.0-only
/* Structures in guest memory that KVM itself writes on x86. */
#ifdef __x86_64__

#include <asm/kvm_para.h>
#include <asm/pvclock-abi.h>

#include <hyperv.h>
#include <processor.h>

#include "guest_msr.h"
#include "kvm_writes.h"

#define EOI_VECTOR 0x41
#define READY_VECTOR 0x42

/* Versions are odd while KVM writes, and in what the guest leaves there first. */
static bool version_valid(u32 version)
{
	return version && !(version & 1);
}

static bool kvmclock_valid(const void *mem)
{
	const struct pvclock_vcpu_time_info *info = mem;

	return version_valid(info->version) && info->tsc_to_system_mul;
}

/* kvm_end_pvclock_update() in arch/x86/kvm/x86.c asks every vCPU for it. */
static void kvmclock_update(struct kvm_vcpu *vcpu)
{
	struct kvm_clock_data clock;

	vm_ioctl(vcpu->vm, KVM_GET_CLOCK, &clock);
	clock.flags = 0;
	vm_ioctl(vcpu->vm, KVM_SET_CLOCK, &clock);
}

static bool wall_clock_valid(const void *mem)
{
	const struct pvclock_wall_clock *wall = mem;

	return wall->version == 10 && wall->nsec < 1000000000;
}

static bool steal_time_valid(const void *mem)
{
	const struct kvm_steal_time *steal = mem;

	return version_valid(steal->version);
}

/* KVM sets the byte when it enters the guest and clears it at the exit. */
static bool pv_eoi_valid(const void *mem)
{
	return !*(const u8 *)mem;
}

/* With a virtual APIC the CPU ends interrupts itself. */
static bool pv_eoi_unsupported(void)
{
	return host_cpu_is_intel ? get_kvm_intel_param_bool("enable_apicv") :
				   get_kvm_amd_param_bool("avic");
}

static void pv_eoi_prepare(struct kvm_vcpu *vcpu)
{
	vm_install_exception_handler(vcpu->vm, EOI_VECTOR, guest_end_interrupt);
}

/* "Everything is present", which KVM tells whoever asks to be told. */
static bool async_pf_valid(const void *mem)
{
	const struct kvm_vcpu_pv_apf_data *data = mem;

	return data->token == ~0u;
}

static bool hyperv_unsupported(void)
{
	return !kvm_has_cap(KVM_CAP_HYPERV_CPUID);
}

static void hyperv_prepare(struct kvm_vcpu *vcpu)
{
	vcpu_set_hv_cpuid(vcpu);
}

/* vmcall or vmmcall, and ret. */
static bool hyperv_valid(const void *mem)
{
	const u8 *code = mem;

	return code[0] == 0x0f && code[1] == 0x01 && code[3] == 0xc3;
}

/* KVM zeroes the field that ends interrupts. */
static bool vp_assist_valid(const void *mem)
{
	return !*(const u32 *)mem;
}

/* Free in what KVM takes for Xen, and not one of Hyper-V's. */
#define XEN_HYPERCALL_MSR 0x40000200
/* So much of a runstate that crosses a page is in the first one. */
#define RUNSTATE_CUT 16
#define RUNSTATE_UPDATE BIT_ULL(63)
/* The states are numbered from "running", 0, on. */
#define XEN_RUNNABLE 1

/* What KVM writes where KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR says, in long mode. */
struct xen_runstate {
	u32 state;
	u64 entry_time;
	u64 times[4];
};

static bool xen_unsupported(void)
{
	return !(kvm_check_cap(KVM_CAP_XEN_HVM) & KVM_XEN_HVM_CONFIG_RUNSTATE);
}

/* From then on there is no steal time of KVM's: record_steal_time() in arch/x86/kvm/x86.c. */
static void xen_locate(struct kvm_vcpu *vcpu, u64 gpa)
{
	struct kvm_xen_hvm_config config = {
		.flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL,
		.msr = XEN_HYPERCALL_MSR,
	};

	vm_ioctl(vcpu->vm, KVM_XEN_HVM_CONFIG, &config);
}

/* "mov $0, %eax", vmcall or vmmcall, and ret. */
static bool xen_hypercall_valid(const void *mem)
{
	const u8 *code = mem;

	return code[0] == 0xb8 && code[5] == 0x0f && code[8] == 0xc3;
}

static int xen_tell(struct kvm_vcpu *vcpu, u16 type, u64 gpa)
{
	struct kvm_xen_vcpu_attr attr = { .type = type, .u.gpa = gpa };

	return __vcpu_ioctl(vcpu, KVM_XEN_VCPU_SET_ATTR, &attr);
}

static int xen_time_tell(struct kvm_vcpu *vcpu, u64 gpa)
{
	return xen_tell(vcpu, KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO, gpa);
}

static int xen_runstate_tell(struct kvm_vcpu *vcpu, u64 gpa)
{
	return xen_tell(vcpu, KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR, gpa);
}

static int xen_runstate_cut_tell(struct kvm_vcpu *vcpu, u64 gpa)
{
	if (gpa != KVM_WRITE_NOWHERE)
		gpa += vcpu->vm->page_size - RUNSTATE_CUT;
	return xen_runstate_tell(vcpu, gpa);
}

/*
 * "Running", or "runnable" where the vCPU's thread lost its CPU on the way out of the guest
 * (kvm_arch_vcpu_put() in arch/x86/kvm/x86.c), since a time that is complete.
 */
static bool xen_runstate_valid(const void *mem)
{
	const struct xen_runstate *runstate = mem;

	return runstate->state <= XEN_RUNNABLE && runstate->entry_time &&
	       !(runstate->entry_time & RUNSTATE_UPDATE);
}

static bool xen_runstate_cut_valid(const void *mem)
{
	return xen_runstate_valid(mem + getpagesize() - RUNSTATE_CUT);
}

#define WRMSR(msr, value) { .kind = &write_msr, .gva = msr, .val = value }
#define WRMSR_GPA(msr, bits)						\
	{ .kind = &write_msr, .gva = msr, .val = bits, .vcpu = KVM_WRITE_GPA }
#define ENABLE_APIC { .kind = &enable_apic }
#define INTERRUPT(vector) { .kind = &interrupt_self, .gva = vector }

const struct kvm_write kvm_writes[] = {
	{
		.name = "hyperv_hypercall",
		.unsupported = hyperv_unsupported,
		.prepare = hyperv_prepare,
		.enable = {
			WRMSR(HV_X64_MSR_GUEST_OS_ID, 1),
			WRMSR_GPA(HV_X64_MSR_HYPERCALL, 1),
		},
		.valid = hyperv_valid,
		.unmapped = &write_msr_gp,
	},
	{
		.name = "hyperv_vp_assist",
		.unsupported = hyperv_unsupported,
		.prefill = ~0ull,
		.enable = {
			WRMSR_GPA(HV_X64_MSR_VP_ASSIST_PAGE,
				  HV_X64_MSR_VP_ASSIST_PAGE_ENABLE),
		},
		.disable = WRMSR(HV_X64_MSR_VP_ASSIST_PAGE, 0),
		.valid = vp_assist_valid,
		.unmapped = &write_msr_gp,
	},
	{
		.name = "wall_clock",
		.prefill = 7,
		.enable = { WRMSR_GPA(MSR_KVM_WALL_CLOCK_NEW, 0) },
		.valid = wall_clock_valid,
	},
	/* kvm_arch_vcpu_load() asks for an update on an unstable TSC or a new CPU. */
	{
		.name = "kvmclock",
		.prefill = 7,
		.enable = { WRMSR_GPA(MSR_KVM_SYSTEM_TIME_NEW, 1) },
		.update = kvmclock_update,
		.disable = WRMSR(MSR_KVM_SYSTEM_TIME_NEW, 0),
		.again = WRITES_AGAIN,
		.valid = kvmclock_valid,
	},
	/* record_steal_time(), asked for by every kvm_arch_vcpu_load(). */
	{
		.name = "steal_time",
		.enable = { WRMSR_GPA(MSR_KVM_STEAL_TIME, KVM_MSR_ENABLED) },
		.disable = WRMSR(MSR_KVM_STEAL_TIME, 0),
		.again = WRITES_ENTRY,
		.valid = steal_time_valid,
		.unmapped_marks = true,
	},
	/* Behind steal time, which ends here. */
	{
		.name = "xen_hypercall",
		.unsupported = xen_unsupported,
		.locate = xen_locate,
		.enable = { WRMSR_GPA(XEN_HYPERCALL_MSR, 0) },
		.valid = xen_hypercall_valid,
		.unmapped = &write_msr_gp,
	},
	/* KVM writes it with kvmclock: kvm_guest_time_update(). */
	{
		.name = "xen_time",
		.unsupported = xen_unsupported,
		.locate = xen_locate,
		.tell = xen_time_tell,
		.prefill = 7,
		.update = kvmclock_update,
		.again = WRITES_AGAIN,
		.valid = kvmclock_valid,
	},
	/* kvm_xen_runstate_set_running(), asked for by every kvm_arch_vcpu_load(). */
	{
		.name = "xen_runstate",
		.unsupported = xen_unsupported,
		.locate = xen_locate,
		.tell = xen_runstate_tell,
		.prefill = 7,
		.again = WRITES_ENTRY,
		.valid = xen_runstate_valid,
	},
	{
		.name = "xen_runstate_cut",
		.unsupported = xen_unsupported,
		.locate = xen_locate,
		.tell = xen_runstate_cut_tell,
		.again = WRITES_ENTRY,
		.more_pages = 1,
		.valid = xen_runstate_cut_valid,
	},
	{
		.name = "pv_eoi",
		.unsupported = pv_eoi_unsupported,
		.prepare = pv_eoi_prepare,
		.prefill = ~0ull,
		.enable = {
			ENABLE_APIC,
			WRMSR_GPA(MSR_KVM_PV_EOI_EN, KVM_MSR_ENABLED),
			INTERRUPT(EOI_VECTOR),
		},
		.trigger = INTERRUPT(EOI_VECTOR),
		.disable = WRMSR(MSR_KVM_PV_EOI_EN, 0),
		.valid = pv_eoi_valid,
	},
	/* Last: its interrupt stays pending. */
	{
		.name = "async_pf",
		.enable = {
			ENABLE_APIC,
			WRMSR(MSR_KVM_ASYNC_PF_INT, READY_VECTOR),
			WRMSR_GPA(MSR_KVM_ASYNC_PF_EN, KVM_ASYNC_PF_ENABLED |
				  KVM_ASYNC_PF_DELIVERY_AS_INT),
		},
		.disable = WRMSR(MSR_KVM_ASYNC_PF_EN, 0),
		.valid = async_pf_valid,
	},
};

const unsigned int nr_kvm_writes = ARRAY_SIZE(kvm_writes);
#endif
