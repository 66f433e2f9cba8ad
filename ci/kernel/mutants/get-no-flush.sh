# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: get-no-flush
# arch: all
# class: 13 flush after harvest
# breaks: KVM_GET_DIRTY_LOG write-protects pages and never flushes the TLBs.
# lost: writes that a running vCPU makes through an old TLB entry after the
#   harvest
# first: stress.*.bitmap.echoes
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_get_dirty_log_protect(/,/^}/s/flush = true;/flush = false;/' "$1"
