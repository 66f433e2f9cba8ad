// SPDX-License-Identifier: GPL-2.0-only
//
// The warning that a slot's flags changed goes; that the old slot is unbound
// then stays.
//
// target: virt/kvm/kvm_main.c
@@
@@
- if (WARN_ON_ONCE(old->flags & KVM_MEM_GUEST_MEMFD))
+ if (old->flags & KVM_MEM_GUEST_MEMFD)
	kvm_gmem_unbind(old);
