# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: gmem-read-writable
# arch: arm64
# class: 38 reads of guest_memfd
# breaks: a read maps a logged page of guest_memfd writable and reports it.
# lost: exactness: whatever the guest only reads is copied
#
# target: arch/arm64/kvm/mmu.c
set -eu

sed -i '/^[a-z].*gmem_abort(/,/^}/s/(write_fault || !kvm_slot_dirty_track_enabled(s2fd->memslot)))/(!exec_fault || !kvm_slot_dirty_track_enabled(s2fd->memslot)))/' "$1"
