# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Memory is allocated in folios of 2M where such a folio lies within the file
# and none of its pages is there yet. Only for memory that is the host's to
# read: what KVM does to convert private memory is left alone.
#
# target: virt/kvm/guest_memfd.c
set -eu

file=$1

# edit FUNCTION COMMANDS: sed inside that function, where something must change.
edit() {
	sed "/^[a-z].*[ *]$1(/,/^}/{$2}" "$file" >"$file.new"
	! cmp -s "$file" "$file.new" || { echo "$1() is not as expected" >&2; exit 1; }
	mv "$file.new" "$file"
}

text=$(cat <<'END'
/*
 * A new, locked folio of 2M around @index, or NULL where there can be none.
 * While a hole is punched none appears, so that it knows what is at its edges.
 */
static struct folio *kvm_gmem_add_huge_folio(struct inode *inode, pgoff_t index,
					     struct mempolicy *policy)
{
	struct address_space *mapping = inode->i_mapping;
	gfp_t gfp = mapping_gfp_mask(mapping);
	pgoff_t first = round_down(index, HPAGE_PMD_NR);
	loff_t pos = (loff_t)first << PAGE_SHIFT;
	struct folio *folio = NULL;

	if (!(GMEM_I(inode)->flags & GUEST_MEMFD_FLAG_HUGE_2M) ||
	    pos + HPAGE_PMD_SIZE > i_size_read(inode) ||
	    !filemap_invalidate_trylock_shared(mapping))
		return NULL;

	if (!filemap_range_has_page(mapping, pos, pos + HPAGE_PMD_SIZE - 1))
		folio = filemap_alloc_folio(gfp | __GFP_NORETRY | __GFP_NOWARN,
					    HPAGE_PMD_ORDER, policy);
	if (folio && filemap_add_folio(mapping, folio, first, gfp)) {
		folio_put(folio);
		folio = NULL;
	}

	filemap_invalidate_unlock_shared(mapping);
	return folio;
}
END
)
export text

# Before the comment of the function that will call it.
awk '
	/^\/\*/ { flush(); held = $0; next }
	held != "" && /^ \*/ { held = held "\n" $0; next }
	/^static struct folio \*kvm_gmem_get_folio\(/ { print ENVIRON["text"] "\n"; place++ }
	{ flush(); print }
	END { flush(); exit place != 1 }
	function flush() { if (held != "") print held; held = "" }
	' "$file" >"$file.new" || { echo "no kvm_gmem_get_folio()" >&2; exit 1; }
mv "$file.new" "$file"

edit kvm_gmem_get_folio '/TODO: Support huge pages/d'
edit kvm_gmem_get_folio \
	'/^\t\/\*$/{N;/External interfaces/{:a;N;/WARN_ON_ONCE/!ba;N;d}}'
edit kvm_gmem_get_folio 's/^\tfolio = __filemap_get_folio_mpol(/\tfolio = kvm_gmem_add_huge_folio(inode, index, policy);\
\tif (!folio)\
\t\tfolio = __filemap_get_folio_mpol(/
	/^\t\t\t\t\t FGP_LOCK/,/policy);/s/^/\t/'
edit __kvm_gmem_create 's/^\tGMEM_I(inode)->flags = flags;/&\
\tif (flags \& GUEST_MEMFD_FLAG_HUGE_2M)\
\t\tmapping_set_large_folios(inode->i_mapping);/'
edit kvm_gmem_create 's/^\tif (size <= 0 /\tif ((flags \& GUEST_MEMFD_FLAG_HUGE_2M) \&\&\
\t    !(flags \& GUEST_MEMFD_FLAG_INIT_SHARED))\
\t\treturn -EINVAL;\
\
&/'
