// SPDX-License-Identifier: GPL-2.0-only
//
// The new slot has the binding of the old one from the start: arm64 looks at
// it before it accepts the slot, and every fault does.
//
// Linux 7.2 would bind the new slot, too, and undo that if it is not accepted
// after all. Both are for a slot that is created.
//
// target: virt/kvm/kvm_main.c
@carry@
@@
+ if (change == KVM_MR_FLAGS_ONLY && kvm_slot_has_gmem(old))
+ 	kvm_gmem_carry_binding(old, new);
  r = kvm_set_memslot(kvm, old, new, change);

@depends on carry@
@@
- if (mem->flags & KVM_MEM_GUEST_MEMFD)
+ if (change == KVM_MR_CREATE && (mem->flags & KVM_MEM_GUEST_MEMFD))
  {
	r = kvm_gmem_bind(...);
	if (r)
		goto out;
  }

@depends on carry@
@@
- if (mem->flags & KVM_MEM_GUEST_MEMFD)
+ if (change == KVM_MR_CREATE && (mem->flags & KVM_MEM_GUEST_MEMFD))
	kvm_gmem_unbind(new);
