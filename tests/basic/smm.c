// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU in system management mode (SMM) sees address space 1, whose memslots have logs
 * of their own: kvm_arch_vcpu_memslots_id() in arch/x86/include/asm/kvm_host.h.
 */
#ifdef __x86_64__

#include <processor.h>

#include "basic.h"
#include "smm_handler.h"

/* SMRAM is 16 of them. */
#define NPAGES 70
/* The handler has 32 bits for an address, and the window lies beyond. */
#define SMM_GPA 0xc0000000ull
/* In address space 1, without a log: what the handler writes, and the handler. */
#define CODE_SLOT 0x10002
/* From SMBASE: where a CPU begins, and where enter_smm() leaves its registers. */
#define ENTRY 0x8000
#define SAVED 0xfe00
#define SMRAM_SIZE 0x10000

static void put_handler(u8 *smram)
{
	memcpy(smram + ENTRY, smm_handler, smm_handler_end - smm_handler);
}

static void set_smbase(struct ctx *c, u64 gpa)
{
	vcpu_set_msr(c->t.vcpus[0], MSR_IA32_SMBASE, gpa);
}

static void make_smram(struct ctx *c)
{
	vm_userspace_mem_region_add(c->t.vm, VM_MEM_SRC_ANONYMOUS, SMM_TABLE, CODE_SLOT,
				    SMRAM_SIZE / c->t.vm->page_size, 0);
	put_handler(addr_gpa2hva(c->t.vm, SMM_TABLE));
	set_smbase(c, SMM_TABLE);
}

/* What the handler writes when it runs next: a word on every page that @pick names. */
static void plan_writes(struct ctx *c, struct testslot *s, pick_fn pick)
{
	struct smm_write *w = addr_gpa2hva(c->t.vm, SMM_TABLE);
	u64 page, at;

	for (page = 0; page < s->npages; page++) {
		if (!pick(page, s->npages))
			continue;
		at = page * c->t.page_size + 4 * (page % 1000);
		w->gpa = s->gfn * c->t.page_size + at;
		w->val = rng_u64(&c->rng);
		memcpy(s->backing->expected + s->offset + at, &w->val, sizeof(w->val));
		oracle_written(&s->oracle, page);
		w++;
	}
	w->gpa = 0;
}

static void run_in_smm(struct ctx *c)
{
	struct guest_op nothing = { .kind = &no_op };
	struct kvm_vcpu_events events;

	vcpu_events_get(c->t.vcpus[0], &events);
	events.smi.pending = 1;
	events.flags |= KVM_VCPUEVENT_VALID_SMM;
	vcpu_events_set(c->t.vcpus[0], &events);
	testvm_run(&c->t, 0, &nothing, 1);
}

/*
 * The registers are saved in logged memory, and the handler is there as well, from where
 * it is only read.
 */
static void save_in(struct ctx *c, struct testslot *s)
{
	u8 *hva = s->backing->hva + s->offset, *expected = s->backing->expected + s->offset;

	put_handler(hva);
	put_handler(expected);
	set_smbase(c, s->gfn * c->t.page_size);
	testvm_step(&c->t, "registers saved in address space 1");
	plan_writes(c, s, pick_ends);
	oracle_written(&s->oracle, SAVED / c->t.page_size);
	run_in_smm(c);
	memcpy(expected + SAVED, hva + SAVED, SMRAM_SIZE - SAVED);
	check_harvest(&c->t);
	check_content(&c->t, true);
}

/* Memslots of one number in both address spaces. */
BASIC_TEST(smm, small)
{
	const struct layout l = { .npages = NPAGES, .gfn = 1 };
	static const pick_fn picks[] = { pick_odd, pick_third, pick_every, pick_last };
	struct testslot *normal, *smm;
	struct backing other;
	unsigned int i;

	if (vm_check_cap(c->t.vm, KVM_CAP_MULTI_ADDRESS_SPACE) < 2)
		report_skip("one address space");
	make_smram(c);
	backing_create(&c->b, c->t.subject, c->t.vm, NPAGES * c->t.page_size);
	backing_create(&other, c->t.subject, c->t.vm, NPAGES * c->t.page_size);
	normal = add_slot(c, TEST_SLOT, &l);
	smm = testvm_add_slot(&c->t, &other, 1 << 16 | TEST_SLOT, KVM_MEM_LOG_DIRTY_PAGES,
			      SMM_GPA / c->t.page_size, 0, NPAGES);
	if (c->t.mode->initially_set)
		check_harvest(&c->t);
	for (i = 0; i < ARRAY_SIZE(picks); i++) {
		testvm_step(&c->t, "address space 1, round %u", i);
		plan_writes(c, smm, picks[i]);
		run_in_smm(c);
		if (i % 2)
			check_harvest(&c->t);
		testvm_step(&c->t, "address space 0, round %u", i);
		write_in(c, normal, picks[ARRAY_SIZE(picks) - 1 - i]);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
	if (c->t.subject->userspace)
		save_in(c, smm);
}

#endif
