// SPDX-License-Identifier: GPL-2.0-only
//
// Asking for the flags that a slot has already does nothing. The slot's flags
// have a bit of KVM's own, which does not count.
//
// target: virt/kvm/kvm_main.c
@@
@@
- mem->flags != old->flags
+ mem->flags != (old->flags & ~KVM_MEMSLOT_GMEM_ONLY)
