# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The capability's answer, for a VM or for the system as a whole.
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^	case KVM_CAP_GUEST_MEMFD_FLAGS:$/i\
	case KVM_CAP_GUEST_MEMFD_DIRTY_LOG:\
		return !kvm || !kvm_arch_has_private_mem(kvm);' "$1"
