# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Which parts of a memslot can be mapped huge depends on where its memory is,
# and that is not at the userspace address, which may be none.
#
# target: arch/x86/kvm/x86.c
set -eu

file=$1

sed '/^static int kvm_alloc_memslot_metadata(/,/^}/{
	s/^\t\tugfn = slot->userspace_addr >> PAGE_SHIFT;/\t\tugfn = kvm_memslot_is_gmem_only(slot) ? slot->gmem.pgoff :\
\t\t\tslot->userspace_addr >> PAGE_SHIFT;/
	s/If the gfn and userspace address are not aligned/If the gfn and the memory behind it are not aligned/
}' "$file" >"$file.new"
grep -q 'ugfn = kvm_memslot_is_gmem_only(slot)' "$file.new" ||
	{ echo "kvm_alloc_memslot_metadata() is not as expected" >&2; exit 1; }
mv "$file.new" "$file"
