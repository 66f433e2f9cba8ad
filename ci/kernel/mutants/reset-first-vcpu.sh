# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-first-vcpu
# arch: all
# class: 37 rings of vCPUs
# breaks: KVM_RESET_DIRTY_RINGS stops after the first ring that had something
#   in it.
# lost: pages of the other vCPUs stay writable and unlogged until their rings
#   are full
# first: stress
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_vm_ioctl_reset_dirty_pages(/,/^}/s/^\t\tif (r)$/\t\tif (r || cleared)/' "$1"
