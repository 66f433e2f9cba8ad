// SPDX-License-Identifier: GPL-2.0-only
//
// Should a slot move all the same, against all checks, it is unbound.
//
// target: virt/kvm/kvm_main.c
@@
@@
- WARN_ON_ONCE(old->flags & KVM_MEM_GUEST_MEMFD);
+ if (WARN_ON_ONCE(old->flags & KVM_MEM_GUEST_MEMFD))
+	kvm_gmem_unbind(old);
