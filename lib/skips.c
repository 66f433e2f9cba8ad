// SPDX-License-Identifier: GPL-2.0-only
/* Why a test may be skipped. */
#include <stdio.h>
#include <string.h>

#include "skips.h"

static const struct skip {
	const char *word;
	const char *reason;
} skips[] = {
	/* What the kernel has. */
	{ "gmem", "no guest_memfd" },
	{ "gmem", "guest_memfd cannot be mapped" },
	{ "gmem", "kernel refuses dirty logging of guest_memfd" },
	{ "toggle", "kernel refuses toggling guest_memfd logging" },
	{ "gmem_huge", "guest_memfd has no huge pages" },
	{ "private", "no software-protected VMs" },
	{ "clear", "no manual dirty log protect" },
	{ "initset", "no initially set dirty log" },
	{ "ring", "no dirty ring" },
	{ "ring_bitmap", "no dirty ring with bitmap" },
	{ "prefault", "no KVM_PRE_FAULT_MEMORY" },
	{ "address_spaces", "one address space" },
	{ "readonly", "no read-only memslots" },
	{ "quirks", "KVM cannot zap one memslot alone" },
	{ "nested", "no nested virtualization" },
	/* What the machine has. */
	{ "ring_small", "no smaller ring with this page size" },
	{ "thp", "no transparent huge pages" },
	{ "thp", "no transparent huge pages of 2M" },
	{ "hugetlb", "too few free 2M huge pages" },
	{ "hugetlb_1g", "no free 1G huge page" },
	{ "numa", "one NUMA node" },
	{ "memory", "too little memory or address space" },
	{ "low_addresses", "low addresses cannot be mapped" },
	{ "gicv3", "no GICv3" },
	{ "granules", "no guest pages of this size" },
	{ "speed", "too slow for this scenario" },
	{ "panic_on_warn", "a known failure would make the kernel panic: panic_on_warn" },
	/* What the CPU is and has. */
	{ "intel", "not an Intel CPU" },
	{ "amd", "not an AMD CPU" },
	{ "pml", "no page modification log" },
	{ "ept_walks", "Bochs writes accessed and dirty flags around EPT" },
	{ "fep", "kvm.force_emulation_prefix is off" },
	{ "cpu", "no AVX" },
	{ "cpu", "no AVX-512" },
	{ "cpu", "no CLFLUSHOPT" },
	{ "cpu", "no CLWB" },
	{ "cpu", "no XSAVE" },
	{ "cpu", "no FEAT_DPB" },
	{ "cpu", "no FEAT_LSE" },
	{ "cpu", "DC ZVA prohibited" },
	/* What has no meaning for a subject or a log mode. */
	{ SKIP_NO_MEANING, "guest_memfd memslots do not move" },
	{ SKIP_NO_MEANING, "ring smaller than the memslot" },
	{ SKIP_NO_MEANING, "a hole of a page does not free a huge page" },
	{ SKIP_NO_MEANING, "only where the log is cleared in pieces" },
	{ SKIP_NO_MEANING, "only where rings can be full" },
	{ SKIP_NO_MEANING, "shadow paging needs a userspace mapping" },
};

const char *skip_word(const char *reason)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(skips); i++)
		if (!strcmp(skips[i].reason, reason))
			return skips[i].word;
	return NULL;
}

bool skip_is_word(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(skips); i++)
		if (!strcmp(skips[i].word, word))
			return strcmp(word, SKIP_NO_MEANING);
	return false;
}

/* Rows of one word follow each other. */
static bool is_first(size_t i)
{
	return !i || strcmp(skips[i].word, skips[i - 1].word);
}

void skip_words(char *buf, size_t size)
{
	size_t i, n = 0;

	buf[0] = 0;
	for (i = 0; i < ARRAY_SIZE(skips) && n < size; i++)
		if (is_first(i) && strcmp(skips[i].word, SKIP_NO_MEANING))
			n += snprintf(buf + n, size - n, "%s%s", n ? " " : "",
				      skips[i].word);
}
