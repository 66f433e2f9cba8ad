# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# A memslot whose flags change is replaced by a new one. These are the three
# things guest_memfd must do for that; 03 defines them. A kernel without
# guest_memfd cannot have such a slot.
#
# target: include/linux/kvm_host.h
set -eu

file=$1
declarations='int kvm_gmem_check_flags_change(const struct kvm_memory_slot *slot,
				unsigned int fd, u64 offset);
void kvm_gmem_carry_binding(const struct kvm_memory_slot *old,
			    struct kvm_memory_slot *new);
void kvm_gmem_rebind(struct kvm_memory_slot *old, struct kvm_memory_slot *new);'
stubs='
static inline int kvm_gmem_check_flags_change(const struct kvm_memory_slot *slot,
					      unsigned int fd, u64 offset)
{
	return -EINVAL;
}

static inline void kvm_gmem_carry_binding(const struct kvm_memory_slot *old,
					  struct kvm_memory_slot *new)
{
	WARN_ON_ONCE(1);
}

static inline void kvm_gmem_rebind(struct kvm_memory_slot *old,
				   struct kvm_memory_slot *new)
{
	WARN_ON_ONCE(1);
}'
export declarations stubs

# At the ends of the two halves that declare kvm_gmem_get_pfn().
awk '
	/^int kvm_gmem_get_pfn\(/ { half = 1 }
	half == 1 && /^#else/ { print ENVIRON["declarations"]; half = 2 }
	half == 2 && /^#endif/ { print ENVIRON["stubs"]; half = 3 }
	{ print }
	END { exit half != 3 }' "$file" >"$file.new" ||
	{ echo "kvm_gmem_get_pfn() is not declared as expected" >&2; exit 1; }
mv "$file.new" "$file"
