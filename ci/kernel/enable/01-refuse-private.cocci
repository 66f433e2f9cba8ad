// SPDX-License-Identifier: GPL-2.0-only
//
// Logging stays refused for a VM that has private memory. What is asked of the
// memory itself is decided where the file is known, in guest-memfd.
//
// target: virt/kvm/kvm_main.c
@@
identifier check, kvm, region, allowed;
@@
  check(struct kvm *kvm, const struct kvm_userspace_memory_region2 *region)
  {
  ...
- if (region->flags & KVM_MEM_GUEST_MEMFD)
+ if ((region->flags & KVM_MEM_GUEST_MEMFD) && kvm_arch_has_private_mem(kvm))
	allowed &= ~KVM_MEM_LOG_DIRTY_PAGES;
  ...
  }
