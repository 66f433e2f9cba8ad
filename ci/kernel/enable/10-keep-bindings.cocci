// SPDX-License-Identifier: GPL-2.0-only
//
// Unbinding the old slot would take the bindings from the new one.
//
// target: virt/kvm/kvm_main.c
@@
@@
- if (WARN_ON_ONCE(old->flags & KVM_MEM_GUEST_MEMFD))
-	kvm_gmem_unbind(old);
  kfree(old);
