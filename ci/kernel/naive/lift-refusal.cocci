// SPDX-License-Identifier: GPL-2.0-only
//
// The obvious patch: dirty logging of guest_memfd memory is no longer refused,
// and nothing else changes.
//
// target: virt/kvm/kvm_main.c
@@
identifier region, allowed;
@@
- if (region->flags & KVM_MEM_GUEST_MEMFD)
-	allowed &= ~KVM_MEM_LOG_DIRTY_PAGES;
