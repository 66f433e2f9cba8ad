# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-full-once
# arch: all
# class: 35 full ring
# breaks: a vCPU that has left because its ring is full may enter again
#   without a harvest.
# lost: entries that are overwritten, if userspace does so before it harvests
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_check_request(/,/^}/s/kvm_make_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu);/kvm_clear_request(KVM_REQ_DIRTY_RING_SOFT_FULL, vcpu);/' "$1"
