# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-no-flush
# arch: all
# class: 13 flush after harvest
# breaks: KVM_RESET_DIRTY_RINGS write-protects pages and never flushes the
#   TLBs.
# lost: writes that a running vCPU makes through an old TLB entry after the
#   reset
# first: stress
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_vm_ioctl_reset_dirty_pages(/,/^}/s/^\tif (cleared)/\tif (cleared < 0)/' "$1"
