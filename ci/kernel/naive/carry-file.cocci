// SPDX-License-Identifier: GPL-2.0-only
//
// The new slot has the file and the offset of the old one.
//
// target: virt/kvm/kvm_main.c
@@
@@
+ if (change == KVM_MR_FLAGS_ONLY)
+	new->gmem = old->gmem;
  r = kvm_set_memslot(kvm, old, new, change);
