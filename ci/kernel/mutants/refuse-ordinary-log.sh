# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: refuse-ordinary-log
# arch: all
# class: refusal of the log
# breaks: KVM_MEM_LOG_DIRTY_PAGES is refused for ordinary memory as stock kernels refuse
#   it for guest_memfd.
# lost: dirty logging of every VM there is; a suite that takes any refusal for a skip passes
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^static int check_memory_region_flags(/,/^}/s/^\tif (mem->flags & ~valid_flags)/\tif (!(mem->flags \& KVM_MEM_GUEST_MEMFD))\n\t\tvalid_flags \&= ~KVM_MEM_LOG_DIRTY_PAGES;\n\n&/' "$1"
