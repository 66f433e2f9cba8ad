# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: gmem-toggle-read-writable
# arch: arm64
# class: 38 reads of guest_memfd
# breaks: whether a page of guest_memfd is logged is asked of the bitmap,
#   which there is not with rings.
# lost: exactness with dirty rings: whatever the guest only reads is reported
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*gmem_abort(/,/^}/s/!kvm_slot_dirty_track_enabled(s2fd->memslot)/!memslot_is_logging(s2fd->memslot)/' "$1"
