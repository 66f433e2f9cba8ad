# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-any-length
# arch: all
# class: 2 bounds of CLEAR
# breaks: KVM_CLEAR_DIRTY_LOG accepts a number of pages that ends in the
#   middle of a word.
# lost: dirty bits behind the range that userspace named
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/(log->num_pages & 63)))/0))/' "$1"
