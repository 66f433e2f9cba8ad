# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: gmem-get-stale-folio
# arch: all
# class: 47 holes
# breaks: a page that is made anew for a hole is not zeroed.
# lost: content: the guest finds what somebody else left in the page
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_get_pfn(/,/^}/s/clear_highpage(folio_page(folio, 0));/;/' "$1"
