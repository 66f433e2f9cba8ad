// SPDX-License-Identifier: GPL-2.0-only
/* Does this arm64 kernel show what is known of others? */
#include "harvest.h"
#include "finding_probe.h"

/* A read of a page that KVM has not mapped, and a write, which must be reported. */
static enum probe_answer ask_ring_reads(void)
{
	struct probe_vm p;

	probe_vm_create(&p, "anon", 4096, 1, 1, 4);
	probe_do(&p, &load_u64, 1);
	probe_do(&p, &store_u64, 2);
	if (!probe_in_ring(&p, 0, 2)) {
		probe_why("a write is not in the ring");
		return PROBE_FAILED;
	}
	return probe_in_ring(&p, 0, 1) ? PROBE_SHOWS : PROBE_SHOWS_NOT;
}

static const char *huge_subject(void)
{
	static const char * const names[] = { "anon_thp", "hugetlb" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!subject_unsupported(probe_subject(names[i])))
			return names[i];
	return NULL;
}

/* Two pages of one block, neither of them its first. */
static enum probe_answer ask_ring_blocks(void)
{
	u64 npages = HUGE_BYTES / getpagesize(), a = npages / 2, b = a + 1;
	const char *subject = huge_subject();
	struct probe_vm p;

	if (!subject) {
		probe_why("no huge pages");
		return PROBE_FAILED;
	}
	probe_vm_create(&p, subject, 4096, 1, npages, npages);
	probe_do(&p, &store_u64, a);
	probe_do(&p, &store_u64, b);
	if (probe_in_ring(&p, 0, a) && probe_in_ring(&p, 0, b))
		return PROBE_SHOWS_NOT;
	if (probe_in_ring(&p, 0, 0) && ring_pending(&p.t) == 1)
		return PROBE_SHOWS;
	probe_why("%u entries in the ring, of neither sort", ring_pending(&p.t));
	return PROBE_FAILED;
}

const struct probe arch_probes[] = {
	{ FINDING_RING_READS, ask_ring_reads },
	{ FINDING_RING_BLOCKS, ask_ring_blocks },
};

const unsigned int nr_arch_probes = ARRAY_SIZE(arch_probes);
