// SPDX-License-Identifier: GPL-2.0-only
//
// The bindings change hands after the last step that can fail and before the
// new slot can be seen.
//
// target: virt/kvm/kvm_main.c
@@
identifier kvm, old, new;
@@
  kvm_update_flags_memslot(struct kvm *kvm, struct kvm_memory_slot *old, struct kvm_memory_slot *new)
  {
  kvm_replace_memslot(kvm, old, new);
+ if (kvm_slot_has_gmem(old))
+ 	kvm_gmem_rebind(old, new);
  kvm_activate_memslot(kvm, old, new);
  }
