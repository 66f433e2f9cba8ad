# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-protect-offset
# arch: all
# class: 3 word index
# breaks: KVM_CLEAR_DIRTY_LOG of a range that does not begin with the memslot
#   write-protects the pages at its start.
# lost: all later writes to pages that are cleared in pieces
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/^\t\t\t\t\t\t\t\toffset, mask);/\t\t\t\t\t\t\t\toffset - log->first_page, mask);/' "$1"
