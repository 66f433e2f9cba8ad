// SPDX-License-Identifier: GPL-2.0-only
//
// A guest_memfd slot may be asked to change its flags, of which only logging
// can differ, and nothing else: not its address, and not its memory.
//
// target: virt/kvm/kvm_main.c
@@
@@
- if (mem->flags & KVM_MEM_GUEST_MEMFD)
- 	return -EINVAL;
+ if (mem->flags & KVM_MEM_GUEST_MEMFD) {
+ 	if (base_gfn != old->base_gfn)
+ 		return -EINVAL;
+ 	r = kvm_gmem_check_flags_change(old, mem->guest_memfd,
+ 					mem->guest_memfd_offset);
+ 	if (r)
+ 		return r;
+ }
