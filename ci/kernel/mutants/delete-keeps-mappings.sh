# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: delete-keeps-mappings
# arch: all
# class: 11 memslot made anew
# breaks: the guest keeps its mappings of a logged memslot that is deleted.
# lost: writes to memory of the memslot that was deleted, by a guest that
#   should see the one made in its place
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_invalidate_memslot(/,/^}/s/^\tkvm_arch_flush_shadow_memslot(kvm, old);/\tif (!kvm_slot_dirty_track_enabled(old))\n\t&/' "$1"
