# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-ignores-offset
# arch: all
# class: 45 holes
# breaks: a hole is taken from the guest as if the memslot began at the start
#   of the file: as many pages as it does not stay mapped.
# lost: what the guest writes to the first pages of a hole goes to pages that
#   were freed
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*__kvm_gmem_invalidate_start(/,/^}/s/max(pgoff, start) - pgoff,/min(start, min(pgoff + slot->npages, end) - pgoff),/' "$1"
