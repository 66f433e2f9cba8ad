# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# guest_memfd tells KVM's MMU the order that a page can be mapped with: that of
# the folio, if the memslot has all of it and its guest physical addresses are
# aligned as the file's offsets are. Of orders between, which the MMU does not
# know, there are none.
#
# Turning logging off asks without a page at hand, under mmu_lock.
#
# target: virt/kvm/guest_memfd.c
# target: include/linux/kvm_host.h
# target: arch/x86/kvm/mmu/mmu.c
set -eu

file=$1
text=$(cat <<'END'
static int kvm_gmem_mapping_order(const struct kvm_memory_slot *slot,
				  const struct folio *folio, pgoff_t index)
{
	pgoff_t first = round_down(index, HPAGE_PMD_NR);
	pgoff_t pgoff = slot->gmem.pgoff;

	if (folio_order(folio) < HPAGE_PMD_ORDER ||
	    (slot->base_gfn ^ pgoff) % HPAGE_PMD_NR ||
	    first < pgoff || first + HPAGE_PMD_NR > pgoff + slot->npages)
		return 0;

	return HPAGE_PMD_ORDER;
}

/*
 * The order that @gfn can be mapped with, for a caller that holds slots_lock,
 * so that a file that is closed is still there, and mmu_lock.  Memory is
 * unmapped under mmu_lock before it is freed: what is mapped while no
 * invalidation is in progress stays.
 */
int kvm_gmem_max_order(struct kvm *kvm, const struct kvm_memory_slot *slot,
		       gfn_t gfn)
{
	pgoff_t index = gfn - slot->base_gfn + slot->gmem.pgoff;
	struct file *file = READ_ONCE(slot->gmem.file);
	struct folio *folio;
	int order = 0;

	lockdep_assert_held(&kvm->slots_lock);
	lockdep_assert_held(&kvm->mmu_lock);

	if (!file || kvm->mmu_invalidate_in_progress)
		return 0;

	rcu_read_lock();
	folio = xa_load(&file->f_mapping->i_pages, index);
	if (folio && !xa_is_value(folio))
		order = kvm_gmem_mapping_order(slot, folio, index);
	rcu_read_unlock();

	return order;
}
END
)
export text

# Before the first comment about what uses it.
awk '
	/^\/\* Returns a locked folio on success\.  \*\/$/ { print ENVIRON["text"] "\n"; place++ }
	/^static struct folio \*__kvm_gmem_get_pfn\(/ { inside = 1 }
	inside && sub(/\*max_order = 0;/, "*max_order = kvm_gmem_mapping_order(slot, folio, index);") { order++ }
	/^}/ { inside = 0 }
	{ print }
	END { exit place != 1 || order != 1 }' "$file" >"$file.new" ||
	{ echo "__kvm_gmem_get_pfn() is not as expected" >&2; exit 1; }
mv "$file.new" "$file"

awk '
	/^int kvm_gmem_get_pfn\(/ {
		print "int kvm_gmem_max_order(struct kvm *kvm, const struct kvm_memory_slot *slot,"
		print "\t\t       gfn_t gfn);"
		place++
	}
	{ print }
	END { exit place != 1 }' "$2" >"$2.new" ||
	{ echo "kvm_gmem_get_pfn() is not declared as expected" >&2; exit 1; }
mv "$2.new" "$2"

awk '
	/^static u8 kvm_gmem_max_mapping_level\(/ { inside = 1 }
	inside && /TODO: Call into guest_memfd/ { next }
	inside && sub(/max_level = PG_LEVEL_4K;/, "max_level = kvm_max_level_for_order(kvm_gmem_max_order(kvm, slot, gfn));") { level++ }
	/^}/ { inside = 0 }
	{ print }
	END { exit level != 1 }' "$3" >"$3.new" ||
	{ echo "kvm_gmem_max_mapping_level() is not as expected" >&2; exit 1; }
mv "$3.new" "$3"
