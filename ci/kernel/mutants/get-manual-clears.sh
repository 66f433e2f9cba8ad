# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-manual-clears
# arch: all
# class: 9 manual clearing
# breaks: KVM_GET_DIRTY_LOG write-protects and clears when userspace wants to
#   clear by hand.
# lost: pages reported by a GET that are not cleared by a CLEAR and then
#   reported again: a migration that fails between the two misses them
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/if (kvm->manual_dirty_log_protect)/if (kvm_dirty_log_manual_protect_and_init_set(kvm))/' "$1"
