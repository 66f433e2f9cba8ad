# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What userspace may rely on.
#
# target: Documentation/virt/kvm/api.rst
set -eu

sed -i '/^When the KVM MMU performs a PFN lookup to service a guest fault and the backing/i\
The capability KVM_CAP_GUEST_MEMFD_DIRTY_LOG says that KVM_MEM_LOG_DIRTY_PAGES\
may be combined with KVM_MEM_GUEST_MEMFD, if the file was created with both\
GUEST_MEMFD_FLAG_MMAP and GUEST_MEMFD_FLAG_INIT_SHARED and the VM has no private\
memory.  Everywhere else it is refused with EINVAL.  Logging can be switched on\
and off while the memslot exists, by a KVM_SET_USER_MEMORY_REGION2 that differs\
in that flag only and names the same guest_memfd file and offset; any other\
change is refused with EINVAL.  Accesses of host userspace through a mapping of\
the file, and holes punched into it, are not logged.\
' "$1"
