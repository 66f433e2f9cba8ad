# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-whole-words
# arch: all
# class: 4 bits not asked for
# breaks: KVM_CLEAR_DIRTY_LOG clears whole words although it is asked for
#   single pages.
# lost: pages that were dirtied between a GET and the CLEAR that follows it
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/atomic_long_fetch_andnot(mask, p)/atomic_long_fetch_andnot(~0ul, p)/' "$1"
