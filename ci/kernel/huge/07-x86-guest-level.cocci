// SPDX-License-Identifier: GPL-2.0-only
//
// With shadow paging the guest's own mapping limits what KVM may map, and that
// is known before the memory is: it must not be forgotten. KVM_RUN would warn
// and fail with EFAULT where the guest maps 4K and the folio is large.
//
// target: arch/x86/kvm/mmu/mmu.c
@@
identifier vcpu, fault;
expression order;
@@
  kvm_mmu_faultin_pfn_gmem(struct kvm_vcpu *vcpu, struct kvm_page_fault *fault)
  {
  ...
- fault->max_level = kvm_max_level_for_order(order);
+ fault->max_level = min(fault->max_level, kvm_max_level_for_order(order));
  ...
  }
