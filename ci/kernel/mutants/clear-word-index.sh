# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-word-index
# arch: all
# class: 3 word index
# breaks: KVM_CLEAR_DIRTY_LOG applies the bitmap it is given to the start of
#   the log, whatever first_page is.
# lost: dirty bits of pages that nobody has copied yet
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s,i = offset / BITS_PER_LONG,i = 0,' "$1"
