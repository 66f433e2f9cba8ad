# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: kvmclock-unmarked
# arch: x86
# class: 28 KVM writes
# breaks: an update of the guest's clock is not marked.
# lost: the page with kvmclock: the guest's time jumps after a migration
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_setup_guest_pvclock(/,/^}/s/^\tkvm_gpc_mark_dirty_in_slot(gpc);/\t;/' "$1"
