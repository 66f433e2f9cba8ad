# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# The kernel's own test says that logging guest_memfd is refused. It is for
# private memory, which is what that test asks about when it can; add that it
# is not refused elsewhere. The kernel itself does not change by this step.
#
# target: tools/testing/selftests/kvm/set_memory_region_test.c
set -eu

file=$1
text=$(cat <<'END'
static void test_gmem_dirty_log_flags(void)
{
	const u32 gmem = KVM_MEM_GUEST_MEMFD, log = KVM_MEM_LOG_DIRTY_PAGES;
	struct kvm_vm *vm = vm_create_barebones();
	const u64 size = 2 * MEM_REGION_SIZE;
	int fd, r;

	if (!vm_check_cap(vm, KVM_CAP_GUEST_MEMFD_DIRTY_LOG)) {
		kvm_vm_free(vm);
		return;
	}

	fd = vm_create_guest_memfd(vm, size, GUEST_MEMFD_FLAG_MMAP);
	r = __vm_set_user_memory_region2(vm, 0, gmem | log, 0, MEM_REGION_SIZE,
					 NULL, fd, 0);
	TEST_ASSERT(r && errno == EINVAL,
		    "Dirty logging memory that the host cannot access should have failed");
	close(fd);

	fd = vm_create_guest_memfd(vm, size, GUEST_MEMFD_FLAG_MMAP |
					     GUEST_MEMFD_FLAG_INIT_SHARED);
	vm_set_user_memory_region2(vm, 0, gmem | log, 0, MEM_REGION_SIZE, NULL, fd, 0);
	vm_set_user_memory_region2(vm, 0, gmem, 0, MEM_REGION_SIZE, NULL, fd, 0);
	vm_set_user_memory_region2(vm, 0, gmem, 0, MEM_REGION_SIZE, NULL, fd, 0);
	vm_set_user_memory_region2(vm, 0, gmem | log, 0, MEM_REGION_SIZE, NULL, fd, 0);

	r = __vm_set_user_memory_region2(vm, 0, gmem, 0, MEM_REGION_SIZE, NULL, fd,
					 MEM_REGION_SIZE);
	TEST_ASSERT(r && errno == EINVAL, "Changing the offset should have failed");
	r = __vm_set_user_memory_region2(vm, 0, gmem, MEM_REGION_SIZE,
					 MEM_REGION_SIZE, NULL, fd, 0);
	TEST_ASSERT(r && errno == EINVAL, "Moving a guest_memfd slot should have failed");

	close(fd);
	kvm_vm_free(vm);
}
END
)
export text

# Before the next function and its comment; called where the old assertion is.
awk '
	{ print }
	/^static void test_invalid_memory_region_flags\(void\)/ { inside = 1 }
	inside && /^}/ { print "\n" ENVIRON["text"]; inside = 0; placed++ }
	END { exit placed != 1 }' "$file" >"$file.new" &&
	sed 's/^	test_invalid_memory_region_flags();/&\n	test_gmem_dirty_log_flags();/' "$file.new" >"$file"
rm "$file.new"
grep -q '^	test_gmem_dirty_log_flags();' "$file"
