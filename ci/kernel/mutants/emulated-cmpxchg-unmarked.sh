# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: emulated-cmpxchg-unmarked
# arch: x86
# class: 27 emulated atomics
# breaks: an atomic instruction that KVM emulates does not mark the page.
# lost: locked read-modify-writes that are emulated
#
# target: arch/x86/kvm/x86.c
set -eu

sed -i '/^[a-z].*emulator_cmpxchg_emulated(/,/^}/s/kvm_vcpu_mark_page_dirty(vcpu, gpa_to_gfn(gpa));/;/' "$1"
