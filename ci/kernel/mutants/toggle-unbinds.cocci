// SPDX-License-Identifier: GPL-2.0-only
//
// id: toggle-unbinds
// arch: all
// class: bindings
// breaks: a memslot that is replaced when its log is switched takes its
//   bindings with it.
// lost: the guest cannot touch new pages, and holes in the file are no longer
//   taken from it
//
// target: virt/kvm/kvm_main.c
@@
identifier old;
@@
  if (old->dirty_bitmap && !new->dirty_bitmap)
	kvm_destroy_dirty_bitmap(old);
+ if (old->flags & KVM_MEM_GUEST_MEMFD)
+ 	kvm_gmem_unbind(old);
