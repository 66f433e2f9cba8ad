# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# A folio is up to date as a whole, and so it is cleared as a whole; the host
# may fault in any of its pages.
#
# target: virt/kvm/guest_memfd.c
set -eu

file=$1

edit() {
	sed "/^[a-z].*[ *]$1(/,/^}/{$2}" "$file" >"$file.new"
	! cmp -s "$file" "$file.new" || { echo "$1() is not as expected" >&2; exit 1; }
	mv "$file.new" "$file"
}

for function in kvm_gmem_get_pfn kvm_gmem_fault_user_mapping; do
	edit "$function" \
		's/clear_highpage(folio_page(folio, 0));/folio_zero_range(folio, 0, folio_size(folio));/'
done
edit kvm_gmem_fault_user_mapping '/WARN_ON_ONCE(folio_test_large(folio))/,/^$/d'
# Nothing fails any more where it was refused.
edit kvm_gmem_fault_user_mapping '/^out_folio:$/,/^	}$/d'
edit kvm_gmem_fault_user_mapping \
	's/^	vm_fault_t ret = VM_FAULT_LOCKED;$//;/^$/N;/^\n$/D'
edit kvm_gmem_fault_user_mapping 's/return ret;/return VM_FAULT_LOCKED;/'
