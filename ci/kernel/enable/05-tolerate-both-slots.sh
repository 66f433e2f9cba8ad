# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# While a slot is being replaced, a vCPU may fault on either of the two, and
# the bindings may name either: they describe the same memory, and so both are
# right. It is still an error if a binding is another slot's.
#
# The caller may look into the slot that it finds: that is freed only after
# synchronize_srcu(), and the caller is in an SRCU section or holds slots_lock.
#
# target: virt/kvm/guest_memfd.c
set -eu

file=$1
text=$(cat <<'END'
/* Whether @index is bound to @slot, to what it replaces or what replaces it. */
static bool kvm_gmem_is_bound(struct gmem_file *f,
			      const struct kvm_memory_slot *slot, pgoff_t index)
{
	const struct kvm_memory_slot *bound = xa_load(&f->bindings, index);

	if (bound == slot)
		return true;

	return bound && bound->as_id == slot->as_id && bound->id == slot->id &&
	       bound->base_gfn == slot->base_gfn &&
	       bound->npages == slot->npages &&
	       bound->gmem.pgoff == slot->gmem.pgoff;
}
END
)
export text

# The lookup by pointer becomes one by meaning, and the function goes before
# the comment of the function that does it.
awk '
	/^\/\*/ || /^}/ { flush(); if (/^\/\*/) { held = $0; next } }
	held != "" && /^ \*/ { held = held "\n" $0; next }
	/^static struct folio \*__kvm_gmem_get_pfn\(/ { print ENVIRON["text"] "\n"; place++ }
	sub(/xa_load\(&f->bindings, index\) != slot/, "!kvm_gmem_is_bound(f, slot, index)") { lookup++ }
	{ flush(); print }
	END { flush(); exit place != 1 || lookup != 1 }
	function flush() { if (held != "") print held; held = "" }
	' "$file" >"$file.new" || { echo "no such lookup" >&2; exit 1; }
mv "$file.new" "$file"
