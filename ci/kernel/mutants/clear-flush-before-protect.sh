# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-flush-before-protect
# arch: all
# class: 13 flush after harvest
# breaks: KVM_CLEAR_DIRTY_LOG flushes the TLBs before it write-protects, and
#   not after.
# lost: writes through TLB entries that a running vCPU fills again in between
# first: stress
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/{
	s/flush = true;/flush = false;/
	s/^\tKVM_MMU_LOCK(kvm);/\tkvm_flush_remote_tlbs_memslot(kvm, memslot);\n&/
}' "$1"
