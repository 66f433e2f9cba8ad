# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: move-drops-log
# arch: all
# class: 7 stale log
# breaks: a memslot that is moved gets a new, empty bitmap.
# lost: all pages that were dirtied before the move and not yet harvested
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_prepare_memory_region(/,/^}/s/else if (old && old->dirty_bitmap)/else if (old \&\& old->dirty_bitmap \&\& change != KVM_MR_MOVE)/' "$1"
