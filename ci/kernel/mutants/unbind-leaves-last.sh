# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# id: unbind-leaves-last
# arch: all
# class: 45 bindings
# breaks: a memslot that is deleted leaves the binding of its last page
#   behind, unless it is the only one.
# lost: the range cannot be bound again, and the file refers to freed memory
#
# target: virt/kvm/guest_memfd.c
set -eu

sed -i '/^[a-z].*kvm_gmem_unbind(/,/^}/s/end - 1, NULL, GFP_KERNEL);/end - 1 - (end - start > 1), NULL, GFP_KERNEL);/' "$1"
