# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: reset-trusts-offset
# arch: all
# class: 34 reset in batches
# breaks: KVM_RESET_DIRTY_RINGS does not ask whether a page that stands in the ring is
#   within its memslot.
# lost: with shadow paging the kernel's memory behind an array; else another memslot's
#   pages are protected
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^static void kvm_reset_dirty_gfn(/,/^}/{
s/if (!memslot || offset >= memslot->npages ||/if (!memslot)/
/offset + __fls(mask) >= memslot->npages)/d
}' "$1"
