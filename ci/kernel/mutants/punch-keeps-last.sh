# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-keeps-last
# arch: all
# class: 45 holes
# breaks: the last page of a hole stays mapped in the guest.
# lost: what the guest writes to it goes to a page that was freed
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*__kvm_gmem_invalidate_start(/,/^}/s/min(pgoff + slot->npages, end) - pgoff,/min(pgoff + slot->npages, end) - pgoff - 1,/' "$1"
