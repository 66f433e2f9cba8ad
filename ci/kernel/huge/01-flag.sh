# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Userspace asks for huge pages when it creates the guest_memfd, and sees in
# KVM_CAP_GUEST_MEMFD_FLAGS whether it can. The number is far from those that
# upstream gives out. Not on arm64, whose faults map guest_memfd page by page.
#
# target: include/uapi/linux/kvm.h
# target: include/linux/kvm_host.h
set -eu

sed -i '/^#define GUEST_MEMFD_FLAG_INIT_SHARED/a\
#define GUEST_MEMFD_FLAG_HUGE_2M	(1ULL << 40)' "$1"
sed -i '/^static inline u64 kvm_gmem_get_supported_flags(/,/^}/s/^	return flags;$/	if (IS_ENABLED(CONFIG_X86) \&\& IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE))\
		flags |= GUEST_MEMFD_FLAG_HUGE_2M;\
\
&/' "$2"
