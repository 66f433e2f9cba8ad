# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-trusts-slot
# arch: all
# class: 34 reset in batches
# breaks: KVM_RESET_DIRTY_RINGS does not ask whether there is a memslot of the number
#   that stands in the ring, where userspace may write what it likes.
# lost: the kernel, which follows a NULL pointer
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^static void kvm_reset_dirty_gfn(/,/^}/s/if (!memslot || offset/if (offset/' "$1"
