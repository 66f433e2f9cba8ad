# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: refuse-gmem-eio
# arch: all
# class: refusal of the log
# breaks: logging of a guest_memfd memslot fails with EIO, which is no refusal.
# lost: the log; a suite that takes any error for a refusal skips all of it
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^static int check_memory_region_flags(/,/^}/s/^\tif (mem->flags & ~valid_flags)/\tif (mem->flags \& KVM_MEM_GUEST_MEMFD \&\& mem->flags \& KVM_MEM_LOG_DIRTY_PAGES)\n\t\treturn -EIO;\n\n&/' "$1"
