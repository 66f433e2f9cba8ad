// SPDX-License-Identifier: GPL-2.0-only
/* A guest of the guest, by libkvm's helpers for VMX and SVM. */
#include <processor.h>
#include <svm_util.h>
#include <vmx.h>

#include "guest_nested.h"

/* A bit of nested_ctl, at this offset of a VMCB; its name has changed between kernels. */
#define VMCB_NESTED_CTL 0x90
#define NESTED_PAGING 1
#define VMMCALL_BYTES 3

/* The L2 that does ops, and the one it does next; VMXON is once for all. */
static struct nested *l2;
static struct guest_op l2_op;
static bool vmx_on;

/* Its memory is L1's: it finds the op where L1 has left it. */
static void l2_main(void)
{
	for (;;) {
		l2_op.kind->guest(l2_op.gva, l2_op.val);
		if (l2->vmx)
			vmcall();
		else
			vmmcall();
	}
}

/* In older kernels libkvm's functions have one argument more, the stack, which is set here. */
typedef void (*setup_fn)(void *area, void *rip, void *rsp);

static void begin_svm(struct nested *n, void *entry)
{
	struct svm_test_data *svm = (void *)n->area;
	setup_fn setup = (void *)generic_svm_setup;

	setup(svm, entry, (void *)n->stack);
	svm->vmcb->save.rsp = n->stack;
	if (!n->root)
		return;
	*(u64 *)((u8 *)svm->vmcb + VMCB_NESTED_CTL) |= NESTED_PAGING;
	svm->vmcb->control.nested_cr3 = n->root;
}

static void run_svm(struct nested *n)
{
	struct svm_test_data *svm = (void *)n->area;

	run_guest(svm->vmcb, svm->vmcb_gpa);
	GUEST_ASSERT_EQ(svm->vmcb->control.exit_code, SVM_EXIT_VMMCALL);
	svm->vmcb->save.rip += VMMCALL_BYTES;
}

static void begin_vmx(struct nested *n)
{
	struct vmx_pages *vmx = (void *)n->area;
	setup_fn setup = (void *)prepare_vmcs;

	if (!vmx_on)
		GUEST_ASSERT(prepare_for_vmx_operation(vmx));
	vmx_on = true;
	vmx->eptp_gpa = n->root;
	GUEST_ASSERT(load_vmcs(vmx));
	setup(vmx, l2_main, (void *)n->stack);
	GUEST_ASSERT(!vmwrite(GUEST_RSP, n->stack));
}

static void run_vmx(struct nested *n)
{
	struct vmx_pages *vmx = (void *)n->area;

	GUEST_ASSERT(!vmptrld(vmx->vmcs_gpa));
	if (n->begun)
		GUEST_ASSERT(!vmresume());
	else
		GUEST_ASSERT(!vmlaunch());
	GUEST_ASSERT_EQ(vmreadz(VM_EXIT_REASON), EXIT_REASON_VMCALL);
	GUEST_ASSERT(!vmwrite(GUEST_RIP,
			      vmreadz(GUEST_RIP) + vmreadz(VM_EXIT_INSTRUCTION_LEN)));
}

static void run_l2(struct nested *n)
{
	if (n->vmx) {
		if (!n->begun)
			begin_vmx(n);
		run_vmx(n);
	} else {
		if (!n->begun)
			begin_svm(n, l2_main);
		run_svm(n);
	}
	n->begun = 1;
}

static void run_in_l2(const struct guest_op *op)
{
	if (op->kind == &l2_end || op->kind == &l2_begin) {
		op->kind->guest(op->gva, op->val);
		return;
	}
	l2_op = *op;
	l2_op.gva += l2->shift;
	run_l2(l2);
}

static void guest_l2_begin(u64 gva, u64 val)
{
	l2 = (struct nested *)val;
	guest_do = run_in_l2;
}

static void guest_l2_end(u64 gva, u64 val)
{
	guest_do = guest_do_here;
}

/* INVEPT of all, and what a VMCB asks for at each VMRUN from then on. */
#define INVEPT_GLOBAL 2ul
#define FLUSH_ALL_ASIDS 1

static void guest_l2_flush(u64 gva, u64 val)
{
	const struct nested *n = (struct nested *)val;
	const struct { u64 eptp, reserved; } all = { };
	struct svm_test_data *svm = (void *)n->area;

	/* Nothing is known of it yet, and VMX may be off. */
	if (!n->begun)
		return;
	if (n->vmx)
		asm volatile("invept %0, %1" : : "m"(all), "r"(INVEPT_GLOBAL) : "cc", "memory");
	else
		svm->vmcb->control.tlb_ctl = FLUSH_ALL_ASIDS;
}

/* An L2 that does nothing but leave, again and again, and changes no register. */
static __attribute__((naked)) void l2_leave(void)
{
	asm volatile("1: vmmcall\n\t"
		     "jmp 1b");
}

static void guest_vmcb_begin(u64 gva, u64 val)
{
	begin_svm((struct nested *)val, l2_leave);
}

/* L1 writes nothing: what is new in the VMCB is KVM's. */
static void guest_vmcb_run(u64 gva, u64 val)
{
	const struct svm_test_data *svm = (void *)((struct nested *)val)->area;

	asm volatile("vmrun %%rax" : : "a"(svm->vmcb_gpa) : "memory");
	GUEST_ASSERT_EQ(svm->vmcb->control.exit_code, SVM_EXIT_VMMCALL);
}

static void guest_vmcb_save(u64 gva, u64 val)
{
	const struct svm_test_data *svm = (void *)((struct nested *)val)->area;

	asm volatile("vmsave %%rax" : : "a"(svm->vmcb_gpa) : "memory");
}

const struct guest_kind vmcb_begin = {
	.name = "vmcb_begin",
	.guest = guest_vmcb_begin,
};

const struct guest_kind vmcb_run = {
	.name = "vmcb_run",
	.guest = guest_vmcb_run,
};

const struct guest_kind vmcb_save = {
	.name = "vmcb_save",
	.guest = guest_vmcb_save,
};

const struct guest_kind l2_flush = {
	.name = "l2_flush",
	.guest = guest_l2_flush,
};

const struct guest_kind l2_begin = {
	.name = "l2_begin",
	.guest = guest_l2_begin,
};

const struct guest_kind l2_end = {
	.name = "l2_end",
	.guest = guest_l2_end,
};
