# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: steal-time-unmarked
# arch: x86
# class: 28 KVM writes
# breaks: an update of the guest's steal time is not marked.
# lost: the page with the steal time
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*record_steal_time(/,/^}/s/mark_page_dirty_in_slot(vcpu->kvm, ghc->memslot, gpa_to_gfn(ghc->gpa));/;/' "$1"
