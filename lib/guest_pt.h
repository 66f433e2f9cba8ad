/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The entries of guest page tables that a test builds by hand, and what the
 * CPU does to them when it walks.
 *
 * Levels count as in x86's PG_LEVEL_*: 1 is the last.
 */
#ifndef SUITE_GUEST_PT_H
#define SUITE_GUEST_PT_H

#include <kvm_util.h>

/*
 * What an entry says.  On arm64 "dirty" is an entry that permits writes; DBM is
 * always set, so that the CPU makes the others permit them.
 *
 * @PT_LEAF:	maps memory, instead of naming the next table
 * @PT_ACCESSED: the accessed flag
 * @PT_DIRTY:	the dirty flag
 */
enum pt_flags {
	PT_LEAF = 1,
	PT_ACCESSED = 2,
	PT_DIRTY = 4,
};

/* Where to hang tables of one's own: a root entry that libkvm never uses. */
u64 guest_pt_base(const struct kvm_vm *vm);

/* The highest level that may hold leaves, as this CPU has them. */
int guest_pt_max_leaf(const struct kvm_vm *vm);

/* Let @vcpu's CPU update accessed and dirty flags, if it can. */
void guest_pt_enable(struct kvm_vcpu *vcpu);

/* The flags that the CPU maintains in an entry of @flags. */
unsigned int guest_pt_tracked(struct kvm_vcpu *vcpu, unsigned int flags);

/* The highest level of leaves whose flags the CPU can be asked to maintain. */
int guest_pt_max_tracked(struct kvm_vcpu *vcpu);

/* An entry at @level for memory or table @gpa. */
u64 guest_pt_entry(const struct kvm_vm *vm, u64 gpa, int level,
		   unsigned int flags);

/*
 * Map @bytes from @gpa on at @gva with leaves of level @leaf, at most
 * guest_pt_max_leaf(), which also map what lies around them: setting up a memslot
 * of 1 TiB by the largest is 1024 entries.  Both addresses are congruent modulo such
 * a leaf, and nothing smaller is mapped there.
 */
void guest_pt_map(struct kvm_vm *vm, u64 gva, u64 gpa, u64 bytes, int leaf);

/* The address bits that an entry at @level translates: 1 << this bytes. */
static inline unsigned int guest_pt_shift(const struct kvm_vm *vm, int level)
{
	return vm->page_shift + (level - 1) * (vm->page_shift - 3);
}

/* Which entry of a table at @level translates @gva. */
static inline u64 guest_pt_index(const struct kvm_vm *vm, u64 gva, int level)
{
	return (gva >> guest_pt_shift(vm, level)) &
	       ((1ull << (vm->page_shift - 3)) - 1);
}

#endif
