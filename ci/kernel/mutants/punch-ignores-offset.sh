# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-ignores-offset
# arch: all
# class: 45 holes
# breaks: a hole is taken from the guest as if every memslot began at the
#   start of the file.
# lost: what the guest writes to a hole goes to a page that was freed
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*__kvm_gmem_invalidate_start(/,/^}/{
	s/max(pgoff, start) - pgoff,/min(start, slot->npages),/
	s/min(pgoff + slot->npages, end) - pgoff,/min(slot->npages, end),/
}' "$1"
