# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-keeps-bitmap
# arch: all
# class: 7 stale log
# breaks: switching the log off keeps the bitmap, and switching it on again
#   goes on with it.
# lost: a second migration starts with pages of the first: nothing is lost,
#   everything is copied twice, and GET answers where there is no log
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_prepare_memory_region(/,/^}/s/new->dirty_bitmap = NULL;/new->dirty_bitmap = old ? old->dirty_bitmap : NULL;/' "$1"
