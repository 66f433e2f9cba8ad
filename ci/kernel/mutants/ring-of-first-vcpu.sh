# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-of-first-vcpu
# arch: all
# class: 33 ring push
# breaks: one page in 64 is entered into the first vCPU's ring, whichever vCPU
#   writes it.
# lost: a VMM that reads a vCPU's ring when that vCPU exits does not find what
#   it wrote; two vCPUs push to one ring at a time, and entries are overwritten
# first: stress
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*mark_page_dirty_in_slot(/,/^}/s/kvm_dirty_ring_push(vcpu, slot, rel_gfn);/kvm_dirty_ring_push((rel_gfn \& 63) == 63 ? kvm_get_vcpu(kvm, 0) : vcpu, slot, rel_gfn);/' "$1"
