// SPDX-License-Identifier: GPL-2.0-only
//
// A slot may be created with logging if the memory is the host's to read.
// Elsewhere the answer stays EINVAL.
//
// target: virt/kvm/guest_memfd.c
@@
identifier inode;
expression unaligned, offset, size;
@@
  if (unaligned || offset + size > i_size_read(inode))
	goto err;
+ if ((slot->flags & KVM_MEM_LOG_DIRTY_PAGES) &&
+     !kvm_gmem_supports_dirty_log(inode))
+ 	goto err;
