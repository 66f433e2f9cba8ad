# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-any-offset
# arch: all
# class: 46 binding over a change of flags
# breaks: a request to switch the log may name another offset into the file,
#   which is ignored.
# lost: the error: userspace believes that the memslot shows another part of
#   the file
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_check_flags_change(/,/^}/s/offset == (u64)slot->gmem.pgoff << PAGE_SHIFT &&/offset >= 0 \&\&/' "$1"
