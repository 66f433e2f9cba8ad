# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-tail-refused
# arch: all
# class: 1 bitmap tail
# breaks: KVM_CLEAR_DIRTY_LOG refuses a last piece of a memslot that is
#   shorter than a word.
# lost: the last pages of such a memslot can never be cleared and are sent in
#   every round
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/(log->num_pages < memslot->npages - log->first_page && (log->num_pages & 63))/(log->num_pages \& 63)/' "$1"
