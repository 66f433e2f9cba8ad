// SPDX-License-Identifier: GPL-2.0-only
//
// The slot remembers that its memory is guest_memfd's alone, but not which
// file's.
//
// target: virt/kvm/kvm_main.c
@@
@@
+ if (change == KVM_MR_FLAGS_ONLY)
+	new->flags |= old->flags & KVM_MEMSLOT_GMEM_ONLY;
  r = kvm_set_memslot(kvm, old, new, change);
