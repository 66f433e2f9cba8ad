# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-first-page-unprotected
# arch: all
# class: 4 which pages are protected
# breaks: KVM_CLEAR_DIRTY_LOG clears the bit of the lowest dirty page of a
#   word without write-protecting the page.
# lost: all later writes to one page in 64
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/^\t\tif (mask) {/\t\tif (mask \&= mask - 1) {/' "$1"
