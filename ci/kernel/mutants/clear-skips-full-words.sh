# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: clear-skips-full-words
# arch: all
# class: 4 which pages are cleared
# breaks: KVM_CLEAR_DIRTY_LOG passes over words in which all pages are to be
#   cleared.
# lost: nothing but time: such pages stay dirty forever, and a migration never
#   ends
#
# target: virt/kvm/kvm_main.c
set -eu

sed -i '/^[a-z].*kvm_clear_dirty_log_protect(/,/^}/s/if (!mask)$/if (!mask || mask == ~0ul)/' "$1"
