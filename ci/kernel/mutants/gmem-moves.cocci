// SPDX-License-Identifier: GPL-2.0-only
//
// id: gmem-moves
// arch: x86
// class: bindings
// breaks: a guest_memfd memslot may be moved; arm64 has a check of its own
//   that refuses it (kvm_arch_prepare_memory_region()).
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
