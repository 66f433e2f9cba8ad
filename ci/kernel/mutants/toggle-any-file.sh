# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: toggle-any-file
# arch: all
# class: 46 binding over a change of flags
# breaks: a request to switch the log may name another file, which is ignored.
# lost: the error: userspace believes that the memslot shows another file
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_check_flags_change(/,/^}/s/if (file == slot->gmem.file &&/if (file->f_op == slot->gmem.file->f_op \&\&/' "$1"
