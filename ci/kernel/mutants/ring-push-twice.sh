# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-push-twice
# arch: all
# class: 33 ring push
# breaks: each page is entered into the ring twice.
# lost: half of the ring: a VMM copies every page twice, and vCPUs stop for a full
#   ring twice as often
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/\(kvm_dirty_ring_push(vcpu, slot, rel_gfn)\);/\1, \1;/' "$1"
