# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: punch-no-flush
# arch: x86
# class: 47 holes
# breaks: a hole is taken from the guest without a TLB flush.
# lost: what a running vCPU writes to the hole through an old TLB entry goes
#   to a page that was freed
# first: stress
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*__kvm_gmem_invalidate_start(/,/^}/s/^\tif (flush)$/\tif (0)/' "$1"
