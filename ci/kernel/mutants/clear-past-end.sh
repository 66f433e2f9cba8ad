# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-past-end
# arch: all
# class: 2 bounds of CLEAR
# breaks: KVM_CLEAR_DIRTY_LOG compares the number of pages with the memslot as
#   a whole, not with what is left of it.
# lost: the bounds: bits behind the log, of the buffer beside it, are cleared
#   and pages of other memslots are write-protected
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/log->num_pages > memslot->npages - log->first_page ||/log->num_pages > memslot->npages ||/' "$1"
