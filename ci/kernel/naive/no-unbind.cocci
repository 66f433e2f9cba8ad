// SPDX-License-Identifier: GPL-2.0-only
//
// The old slot is no longer unbound, and nobody tells the file of the new one.
//
// target: virt/kvm/kvm_main.c
@@
@@
- if (WARN_ON_ONCE(old->flags & KVM_MEM_GUEST_MEMFD))
-	kvm_gmem_unbind(old);
  kfree(old);
