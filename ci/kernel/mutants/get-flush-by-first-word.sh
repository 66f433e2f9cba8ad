# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-flush-by-first-word
# arch: all
# class: 13 flush after harvest
# breaks: KVM_GET_DIRTY_LOG flushes the TLBs only if one of the first 64 pages
#   was dirty.
# lost: the same, as long as nobody writes to the start of the memslot
# first: stress.*.bitmap.echoes stress.*.bitmap.one_word
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/flush = true;/flush |= !i;/' "$1"
