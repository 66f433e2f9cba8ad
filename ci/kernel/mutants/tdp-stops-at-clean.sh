# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: tdp-stops-at-clean
# arch: x86
# class: 4 which pages are protected
# breaks: write-protecting the pages of a word stops at the first one that is
#   clean.
# lost: all later writes to pages behind it
#
# target: arch/x86/kvm/mmu/tdp_mmu.c
set -eu

sed -i '/^[a-z].*clear_dirty_pt_masked(/,/^}/{
	/!(mask & (1UL << (iter.gfn - gfn))))/{
		n
		s/continue;/break;/
	}
}' "$1"
