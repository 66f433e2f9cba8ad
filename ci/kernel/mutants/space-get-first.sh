# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: space-get-first
# arch: x86
# class: second address space
# breaks: the log of a memslot in address space 1 is that of its number in address
#   space 0.
# lost: all of address space 1
# first: basic.*.smm
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/as_id = log->slot >> 16;/as_id = 0;/' "$1"
