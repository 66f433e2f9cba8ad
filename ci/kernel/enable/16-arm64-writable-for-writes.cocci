// SPDX-License-Identifier: GPL-2.0-only
//
// While it is logged, a page is mapped writable for a write and for nothing
// else: a read or an instruction fetch must not make it dirty. The slot's flag
// decides, not its bitmap, of which there is none with a dirty ring.
//
// target: arch/arm64/kvm/mmu.c
@@
identifier s2fd;
@@
  gmem_abort(const struct kvm_s2_fault_desc *s2fd)
  {
  ... when any
      when exists
- if (!(s2fd->memslot->flags & KVM_MEM_READONLY))
+ if (!(s2fd->memslot->flags & KVM_MEM_READONLY) &&
+     (write_fault || !kvm_slot_dirty_track_enabled(s2fd->memslot)))
	prot |= KVM_PGTABLE_PROT_W;
  ... when any
      when exists
  }
