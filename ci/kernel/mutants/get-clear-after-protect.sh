# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-clear-after-protect
# arch: all
# class: 14 snapshot before protect
# breaks: KVM_GET_DIRTY_LOG copies a word, write-protects its pages and only
#   then zeroes the word.
# lost: pages of the same word that a running vCPU dirties in between: their
#   bits are dropped and they stay writable
# first: stress.*.bitmap.one_word
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/{
	s/mask = xchg(&dirty_bitmap\[i\], 0);/mask = READ_ONCE(dirty_bitmap[i]);/
	s/^\t\t\t\t\t\t\t\toffset, mask);/&\n\t\t\tWRITE_ONCE(dirty_bitmap[i], 0);/
}' "$1"
