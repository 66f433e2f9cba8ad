# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# What a flags change needs of guest_memfd: to know that userspace names the
# binding that the slot has, to give the new slot what the old one had, and to
# have the file's bindings point to the new slot. Whole functions, so that
# there is nothing to match but where they go.
#
# The bindings are replaced in place. Every index keeps an entry, and as all
# nodes are there nothing is allocated: it cannot fail.
#
# target: virt/kvm/guest_memfd.c
set -eu

# behind FUNCTION: inserts its input after that function, which must be there.
behind() {
	text=$(cat) awk -v start="$1" '
		{ print }
		index($0, start) == 1 { inside = 1; found++ }
		inside && /^}/ { print "\n" ENVIRON["text"]; inside = 0 }
		END { exit found != 1 }' "$file" >"$file.new" ||
		{ echo "no function $1" >&2; exit 1; }
	mv "$file.new" "$file"
}

file=$1

behind 'static pgoff_t kvm_gmem_get_index(' <<'END'
/* Logging is for memory that host userspace can read as well. */
static bool kvm_gmem_supports_dirty_log(struct inode *inode)
{
	const u64 needed = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;

	return (GMEM_I(inode)->flags & needed) == needed;
}
END

behind 'void kvm_gmem_unbind(' <<'END'
/*
 * Whether the flags of a memslot may change for a request that names @fd and
 * @offset: only if that is what the slot is bound to already.  Slots of memory
 * that cannot be logged stay immutable.
 */
int kvm_gmem_check_flags_change(const struct kvm_memory_slot *slot,
				unsigned int fd, u64 offset)
{
	struct file *file;
	int r = -EINVAL;

	if (!kvm_slot_has_gmem(slot))
		return -EINVAL;

	file = fget(fd);
	if (!file)
		return -EINVAL;

	if (file == slot->gmem.file &&
	    offset == (u64)slot->gmem.pgoff << PAGE_SHIFT &&
	    kvm_gmem_supports_dirty_log(file_inode(file)))
		r = 0;

	fput(file);
	return r;
}

/*
 * Give @new, which is not visible yet, the binding of @old.  As with every
 * binding no reference is taken: kvm_gmem_release(), which slots_lock keeps
 * out, will clear the pointer in whatever slot it finds bound.
 */
void kvm_gmem_carry_binding(const struct kvm_memory_slot *old,
			    struct kvm_memory_slot *new)
{
	new->flags |= old->flags & KVM_MEMSLOT_GMEM_ONLY;
	WRITE_ONCE(new->gmem.file, old->gmem.file);
	new->gmem.pgoff = old->gmem.pgoff;
}

/*
 * Have all bindings of @old point to @new.  To be called when nothing can fail
 * any more, and before @new becomes visible: then whoever still finds @old
 * here is in an SRCU section that began before, and synchronize_srcu() waits
 * for it before @old is freed.
 */
void kvm_gmem_rebind(struct kvm_memory_slot *old, struct kvm_memory_slot *new)
{
	struct file *file = old->gmem.file;
	unsigned long start = old->gmem.pgoff;
	unsigned long last = start + old->npages - 1;
	struct kvm_memory_slot *bound;
	struct gmem_file *f;
	unsigned long index;

	/* The file was closed, and its bindings are gone. */
	if (!file)
		return;

	/* If it is only being closed they are not: see kvm_gmem_unbind(). */
	f = file->private_data;

	/*
	 * Invalidations walk the bindings twice and must find the same both
	 * times; what they do with a slot is the same for @old and @new.
	 */
	filemap_invalidate_lock(file->f_mapping);
	xa_for_each_range(&f->bindings, index, bound, start, last) {
		WARN_ON_ONCE(bound != old);
		/* Storing over an entry allocates nothing and cannot fail. */
		xa_store(&f->bindings, index, new, GFP_KERNEL);
	}
	filemap_invalidate_unlock(file->f_mapping);
}
END
