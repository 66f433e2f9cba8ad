# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: ring-no-barrier
# arch: all
# class: 33 ring push
# breaks: an entry of a ring is published without a barrier behind its
#   content.
# lost: content of entries: userspace on another CPU reads the number of an
#   older page
# unkillable: weak ordering: x86 orders stores, and QEMU emulates arm64 on x86
#
# target: virt/kvm/dirty_ring.c
set -eu

sed -i '/^[a-z].*kvm_dirty_ring_push(/,/^}/s/^\tsmp_wmb();/\tbarrier();/' "$1"
