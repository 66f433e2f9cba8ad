# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# A hole that takes a part of a folio: the part is cleared and stays allocated.
# Truncation clears nothing, because the mapping is marked inaccessible. Should
# it fail to split the folio it leaves the hole as it is, or, if the folio is
# not marked dirty, frees all of it, pages outside of the hole included:
# truncate_inode_partial_folio() in mm/truncate.c.
# No large folio can appear while the lock is held, see 02.
#
# target: virt/kvm/guest_memfd.c
set -eu

file=$1
text=$(cat <<'END'
/*
 * If the folio at @index is partly outside of [@start, @end), clear the pages
 * inside.  Returns how many they are, else 0.
 */
static pgoff_t kvm_gmem_clear_part(struct inode *inode, pgoff_t index,
				   pgoff_t start, pgoff_t end)
{
	struct folio *folio = filemap_lock_folio(inode->i_mapping, index);
	pgoff_t first, nr = 0;

	if (IS_ERR(folio))
		return 0;

	first = folio->index;
	start = max(start, first);
	end = min(end, folio_next_index(folio));
	if (end - start < folio_nr_pages(folio)) {
		nr = end - start;
		folio_zero_range(folio, (start - first) << PAGE_SHIFT,
				 nr << PAGE_SHIFT);
	}

	folio_unlock(folio);
	folio_put(folio);
	return nr;
}

/* Folios are freed whole; of those at the edges a part may be cleared. */
static void kvm_gmem_truncate(struct inode *inode, pgoff_t start, pgoff_t end)
{
	start += kvm_gmem_clear_part(inode, start, start, end);
	if (start < end)
		end -= kvm_gmem_clear_part(inode, end - 1, start, end);
	if (start < end)
		truncate_inode_pages_range(inode->i_mapping,
					   (loff_t)start << PAGE_SHIFT,
					   ((loff_t)end << PAGE_SHIFT) - 1);
}
END
)
export text

awk '
	/^static long kvm_gmem_punch_hole\(/ { print ENVIRON["text"] "\n"; place++; inside = 1 }
	inside && sub(/truncate_inode_pages_range\(.*\);/, "kvm_gmem_truncate(inode, start, end);") { call++ }
	/^}/ { inside = 0 }
	{ print }
	END { exit place != 1 || call != 1 }' "$file" >"$file.new" ||
	{ echo "kvm_gmem_punch_hole() is not as expected" >&2; exit 1; }
mv "$file.new" "$file"
