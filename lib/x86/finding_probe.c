// SPDX-License-Identifier: GPL-2.0-only
/* Does this x86 kernel show what is known of others? */
#include <sys/mman.h>

#include <processor.h>

#include "harvest.h"
#include "kinds.h"
#include "finding_probe.h"
#include "procfs.h"
#include "run.h"

#define ENTRIES 1024u
/*
 * What KVM keeps in reserve, with what PML may add: kvm_dirty_ring_get_rsvd_entries() in
 * virt/kvm/dirty_ring.c.  A ring is full for KVM_RUN with the rest of its entries, and
 * overrun only when the reserve is used up as well.
 */
#define RESERVED 64u
#define RESERVED_PML (RESERVED + 512u)

/*
 * Prefault more pages than the ring takes before it is full, and fewer than it has
 * entries: whoever does not stop here does not stop there either.
 */
static enum probe_answer ask_prefault(void)
{
	u64 npages = ENTRIES - 4;
	struct kvm_pre_fault_memory range;
	struct probe_vm p;

	if (!kvm_has_cap(KVM_CAP_PRE_FAULT_MEMORY)) {
		probe_why("no KVM_PRE_FAULT_MEMORY");
		return PROBE_FAILED;
	}
	probe_vm_create(&p, "anon", ENTRIES, 1, 1, npages);
	range = (struct kvm_pre_fault_memory) {
		.gpa = p.s->gfn * p.t.page_size,
		.size = npages * p.t.page_size,
	};
	__vcpu_ioctl(p.t.vcpus[0], KVM_PRE_FAULT_MEMORY, &range);
	return ring_pending(&p.t) > ENTRIES - RESERVED + 1 ? PROBE_SHOWS : PROBE_SHOWS_NOT;
}

/* A kernel that has kvm_intel need not use it; then the larger reserve does no harm. */
static u32 reserved(void)
{
	return procfs_flag("/sys/module/kvm_intel/parameters/pml", false) ? RESERVED_PML :
		RESERVED;
}

static struct guest_kind *find_kind(const char *name)
{
	struct guest_kind *k;
	unsigned int i;

	for (i = 0; (k = family_kind(&emulated, i)); i++)
		if (!strcmp(k->name, name))
			return k;
	TEST_FAIL("no kind %s", name);
}

/* Write @n pages, each for the first time: as many entries. */
static void fill_ring(struct probe_vm *p, u32 n)
{
	struct guest_op op;
	u32 i;

	for (i = 0; i < n; i++) {
		op = testslot_op(p->s, &store_u64, i, 0, i);
		testvm_run(&p->t, 0, &op, 1);
	}
}

/*
 * As above: one instruction whose elements end between where the ring is full and where it
 * has no entry left.
 */
static enum probe_answer ask_string(void)
{
	struct guest_kind *rep = find_kind("fep_rep_stosb");
	const char *why = rep->missing(rep);
	u32 full = ENTRIES - reserved(), before = min(ENTRIES - rep->bytes, full - 1);
	struct guest_op op;
	struct probe_vm p;

	if (why) {
		probe_why("%s", why);
		return PROBE_FAILED;
	}
	probe_vm_create(&p, "anon", ENTRIES, 1, 1, ENTRIES);
	fill_ring(&p, before);
	if (ring_pending(&p.t) != before) {
		probe_why("%u entries for %u writes", ring_pending(&p.t), before);
		return PROBE_FAILED;
	}
	op = testslot_op(p.s, rep, ENTRIES - 1, 0, 0x22);
	testvm_try_op(&p.t, 0, &op);
	return ring_pending(&p.t) > full + 1 ? PROBE_SHOWS : PROBE_SHOWS_NOT;
}

/* Above every usual vm.mmap_min_addr. */
#define STRAY_HVA 0x20000ul

static bool answer_probe_port(struct testvm *t, struct kvm_run *run, const struct guest_op *op)
{
	if (run->exit_reason == KVM_EXIT_MMIO)
		return true;
	if (run->exit_reason != KVM_EXIT_IO || run->io.port != EMULATED_PORT)
		return false;
	memset((u8 *)run + run->io.data_offset, 0x22, run->io.size * run->io.count);
	return true;
}

/* String input into guest_memfd that is mapped nowhere, at the offset of memory that is. */
static enum probe_answer ask_null(void)
{
	const struct subject *gmem = probe_subject("gmem");
	struct guest_kind *insb = family_kind(&unreachable, 0);
	u64 size = getpagesize(), npages = STRAY_HVA / size + 1;
	struct guest_op op;
	struct backing b;
	struct testslot *s;
	struct testvm t;
	u8 *stray;

	if (subject_unsupported(gmem)) {
		probe_why("%s", subject_unsupported(gmem));
		return PROBE_FAILED;
	}
	stray = mmap((void *)STRAY_HVA, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (stray != (u8 *)STRAY_HVA) {
		probe_why("low addresses cannot be mapped");
		return PROBE_FAILED;
	}
	testvm_create(&t, gmem, NULL, 1);
	backing_create(&b, gmem, t.vm, npages * size);
	s = testvm_add_slot(&t, &b, 1, 0, testvm_window_gfn(&t) + 1, 0, npages);
	t.on_exit = answer_probe_port;
	op = testslot_op(s, insb, npages - 1, 0, 0x22);
	testvm_run(&t, 0, &op, 1);
	return *stray ? PROBE_SHOWS : PROBE_SHOWS_NOT;
}

const struct probe arch_probes[] = {
	{ FINDING_PREFAULT, ask_prefault },
	{ FINDING_STRING, ask_string },
	{ FINDING_NULL, ask_null },
};

const unsigned int nr_arch_probes = ARRAY_SIZE(arch_probes);
