# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: pml-no-kick
# arch: x86
# class: 23 page modification log
# breaks: a harvest does not kick vCPUs out of the guest, so that what
#   their CPUs have logged is not seen.
# lost: pages of vCPUs that run for a long time without an exit: late by
#   any number of harvests
# mode: intel,pml
# first: stress.*.bitmap.sync
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*kvm_arch_sync_dirty_log(/,/^}/s/kvm_vcpu_kick(vcpu);/;/' "$1"
