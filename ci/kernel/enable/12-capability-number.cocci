// SPDX-License-Identifier: GPL-2.0-only
//
// Userspace asks for KVM_CAP_GUEST_MEMFD_DIRTY_LOG. Not a bit of
// KVM_CAP_GUEST_MEMFD_FLAGS: those are flags to create a guest_memfd with, and
// userspace may pass on what it finds there.
//
// The number is far from those that upstream gives out.
//
// target: include/uapi/linux/kvm.h
@@
@@
  #define KVM_CAP_GUEST_MEMFD_FLAGS 244
+ #define KVM_CAP_GUEST_MEMFD_DIRTY_LOG 24400
