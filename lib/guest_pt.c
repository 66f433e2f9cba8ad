// SPDX-License-Identifier: GPL-2.0-only
/* Guest page tables that map with large leaves. */
#include "guest_pt.h"

static void map_leaf(struct kvm_vm *vm, u64 gva, u64 gpa, int leaf)
{
	u64 address = GENMASK_ULL(47, vm->page_shift), table = vm->mmu.pgd, *entry;
	int level = vm->mmu.pgtable_levels;

	for (;; level--) {
		entry = (u64 *)addr_gpa2hva(vm, table) +
			guest_pt_index(vm, gva, level);
		if (level == leaf)
			break;
		if (!*entry)
			*entry = guest_pt_entry(vm, vm_alloc_page_table(vm),
						level, PT_ACCESSED);
		table = *entry & address;
	}
	*entry = guest_pt_entry(vm, gpa, leaf, PT_LEAF | PT_ACCESSED | PT_DIRTY);
}

void guest_pt_map(struct kvm_vm *vm, u64 gva, u64 gpa, u64 bytes, int leaf)
{
	u64 size = 1ull << guest_pt_shift(vm, leaf);
	u64 at = gpa / size * size, offset = gva - gpa;

	for (; at < gpa + bytes; at += size)
		map_leaf(vm, at + offset, at, leaf);
}
