// SPDX-License-Identifier: GPL-2.0-only
//
// id: gmem-moves
// arch: all
// class: 46 binding over a change of flags
// breaks: a guest_memfd memslot may be moved.
// lost: the bindings: the memslot works at its new address only for pages that
//   are mapped
//
// target: virt/kvm/kvm_main.c
@@
identifier base_gfn, old;
@@
  if (mem->flags & KVM_MEM_GUEST_MEMFD) {
- 	if (base_gfn != old->base_gfn)
- 		return -EINVAL;
  	...
  }
