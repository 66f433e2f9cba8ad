# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Comments that are no longer true.
#
# target: virt/kvm/kvm_main.c
# target: virt/kvm/guest_memfd.c
set -eu

sed -i 's,/\* Private memslots are immutable.*\*/,/* Of a guest_memfd memslot only logging can change. */,' "$1"
sed -i '
/^	 \* memslots of flag KVM_MEM_GUEST_MEMFD are immutable/,/^	 \* is not visible/c\
	 * A memslot is bound once, when it is new; what replaces it when its\
	 * flags change inherits the bindings.  Because the memslot is not\
	 * visible yet, kvm_gmem_get_pfn() is guaranteed to see the file.' "$2"
