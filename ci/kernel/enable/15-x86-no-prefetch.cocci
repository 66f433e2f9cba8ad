// SPDX-License-Identifier: GPL-2.0-only
//
// The shadow MMU maps the neighbours of a page that it maps, and takes them
// from the slot's userspace address. The pages of such a slot are not there:
// the guest would get memory of another kind, or at least another page.
// It does so only where nothing is logged, so turning logging on and off would
// change what the guest sees.
//
// target: arch/x86/kvm/mmu/mmu.c
@@
expression slot;
@@
  kvm_mmu_prefetch_sptes(...)
  {
  ...
- if (!slot)
+ if (!slot || kvm_memslot_is_gmem_only(slot))
	return false;
  ...
  }
