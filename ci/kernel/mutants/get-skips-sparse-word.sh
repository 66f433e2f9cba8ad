# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-skips-sparse-word
# arch: all
# class: 4 which pages are protected
# breaks: KVM_GET_DIRTY_LOG write-protects only words in which more than one
#   page is dirty.
# lost: the second and all later writes to a page that is dirty on its own
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/^\t\t\tkvm_arch_mmu_enable_log_dirty_pt_masked(/\t\t\tif (mask \& (mask - 1))\n\t\t&/' "$1"
