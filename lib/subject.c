// SPDX-License-Identifier: GPL-2.0-only
/* Subjects: the memory under test and how it is attached to the VM. */
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>

#include "options.h"
#include "procfs.h"
#include "sparse.h"
#include "subject.h"

#define GMEM_FLAGS (GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED)

/* No released kernel has such a flag; this is that of ci/kernel/huge. */
#define GMEM_FLAG_HUGE_2M BIT_ULL(40)

static const char *gmem_unsupported(void)
{
	if (!kvm_has_cap(KVM_CAP_GUEST_MEMFD))
		return "no guest_memfd";
	if ((kvm_check_cap(KVM_CAP_GUEST_MEMFD_FLAGS) & GMEM_FLAGS) != GMEM_FLAGS)
		return "guest_memfd cannot be mapped";
	return NULL;
}

static void map_gmem(struct kvm_vm *vm, struct backing *b)
{
	b->fd = vm_create_guest_memfd(vm, b->size, GMEM_FLAGS);
	b->map_size = b->size;
	b->map = kvm_mmap(b->size, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd);
	b->hva = b->map;
}

static u64 gmem_huge_flags(void)
{
	return options.gmem_flags ?: GMEM_FLAGS | GMEM_FLAG_HUGE_2M;
}

/* A series may have flags that no capability names: try. */
static const char *gmem_huge_unsupported(void)
{
	struct kvm_vm *vm;
	int fd;

	if (gmem_unsupported())
		return gmem_unsupported();
	/* Asked for, they are no matter of what there is: see subject_refused(). */
	if (options.gmem_flags)
		return NULL;
	vm = vm_create_barebones();
	fd = __vm_create_guest_memfd(vm, HUGE_BYTES, gmem_huge_flags());
	kvm_vm_free(vm);
	if (fd < 0)
		return "guest_memfd has no huge pages";
	close(fd);
	return NULL;
}

/* As far into a huge page of the file as gpa is into one of the guest. */
static void map_gmem_huge(struct kvm_vm *vm, struct backing *b)
{
	u64 bytes;

	b->file_offset = b->gpa % HUGE_BYTES;
	bytes = align_up(b->file_offset + b->size, HUGE_BYTES);
	b->fd = vm_create_guest_memfd(vm, bytes, gmem_huge_flags());
	b->map_size = bytes;
	b->map = kvm_mmap(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd);
	b->hva = (u8 *)b->map + b->file_offset;
}

/*
 * KVM maps huge only where hva and gpa agree modulo the huge page's size: map
 * whole huge pages, at an aligned address, and start as far into the first as
 * gpa is.
 */
static void map_congruent(struct backing *b, u64 huge, int flags, int advice)
{
	u64 phase = b->gpa % huge;
	u64 bytes = align_up(phase + b->size, huge);
	u8 *start;

	b->map_size = bytes + huge;
	b->map = kvm_mmap(b->map_size, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	start = (u8 *)align_up((u64)b->map, huge);
	TEST_ASSERT(mmap(start, bytes, PROT_READ | PROT_WRITE,
			 MAP_FIXED | MAP_NORESERVE | flags, b->fd, 0) == start,
		    "mmap of %lu bytes failed", bytes);
	/* A kernel without huge pages refuses advice on them and needs none. */
	madvise(start, bytes, advice);
	b->hva = start + phase;
	b->file_offset = phase;
}

static void map_anon(struct kvm_vm *vm, struct backing *b)
{
	map_congruent(b, HUGE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS, MADV_NOHUGEPAGE);
}

static void map_anon_thp(struct kvm_vm *vm, struct backing *b)
{
	map_congruent(b, HUGE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS, MADV_HUGEPAGE);
}

/* Where they are switched off their size is still told. */
static bool thp_never(void)
{
	char line[64];

	return !procfs_line("/sys/kernel/mm/transparent_hugepage/enabled", line,
			    sizeof(line)) || strstr(line, "[never]");
}

/* With host pages of 16K or 64K they have 32M or 512M, and no memslot has. */
static const char *thp_unsupported(void)
{
	if (thp_never())
		return "no transparent huge pages";
	return procfs_number("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", 0) ==
		HUGE_BYTES ? NULL : "no transparent huge pages of 2M";
}

static void map_memfd(struct backing *b, u64 huge, unsigned int memfd_flags)
{
	u64 bytes = align_up(b->gpa % huge + b->size, huge);

	b->fd = memfd_create("subject", MFD_CLOEXEC | memfd_flags);
	TEST_ASSERT(b->fd >= 0 && !ftruncate(b->fd, bytes),
		    "memfd of %lu bytes failed", bytes);
	map_congruent(b, huge, MAP_SHARED, MADV_NORMAL);
}

static void map_shmem(struct kvm_vm *vm, struct backing *b)
{
	map_memfd(b, HUGE_BYTES, 0);
}

static void map_hugetlb(struct kvm_vm *vm, struct backing *b)
{
	map_memfd(b, HUGE_BYTES, MFD_HUGETLB | MFD_HUGE_2MB);
}

/*
 * The largest backing of the basic suite has less than 1100 pages, and is not
 * aligned.
 */
static const char *hugetlb_unsupported(void)
{
	u64 wanted = 1100 * getpagesize() / HUGE_BYTES + 2;

	return procfs_number("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", 0) <
		wanted ? "too few free 2M huge pages" : NULL;
}

static void map_hugetlb_1g(struct kvm_vm *vm, struct backing *b)
{
	map_memfd(b, GIGANTIC_BYTES, MFD_HUGETLB | MFD_HUGE_1GB);
}

static const char *hugetlb_1g_unsupported(void)
{
	return procfs_number("/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages", 0) ?
		NULL : "no free 1G huge page";
}

#ifdef __x86_64__
static const char *private_unsupported(void)
{
	return kvm_check_cap(KVM_CAP_VM_TYPES) & BIT(KVM_X86_SW_PROTECTED_VM) ?
		NULL : "no software-protected VMs";
}

static void map_private(struct kvm_vm *vm, struct backing *b)
{
	b->fd = vm_create_guest_memfd(vm, b->size, 0);
	b->hva = NULL;
	b->map = NULL;
}
#endif

const struct subject subjects[] = {
	{
		.name = "gmem",
		.about = "guest_memfd memslot without a userspace mapping",
		.slot_flags = KVM_MEM_GUEST_MEMFD,
		.typical = true,
		.unsupported = gmem_unsupported,
		.map = map_gmem,
	}, {
		.name = "gmem_mapped",
		.about = "guest_memfd memslot with an mmap of the file as userspace_addr",
		.slot_flags = KVM_MEM_GUEST_MEMFD,
		.userspace = true,
		.unsupported = gmem_unsupported,
		.map = map_gmem,
	}, {
		.name = "gmem_huge",
		.about = "guest_memfd memslot of 2M pages, without a userspace mapping",
		.slot_flags = KVM_MEM_GUEST_MEMFD,
		.huge_pages = true,
		.unsupported = gmem_huge_unsupported,
		.map = map_gmem_huge,
	}, {
		.name = "gmem_alias",
		.about = "ordinary memslot over an mmap of a guest_memfd",
		.userspace = true,
		.unsupported = gmem_unsupported,
		.map = map_gmem,
	}, {
		.name = "anon",
		.about = "ordinary memslot over anonymous memory",
		.userspace = true,
		.typical = true,
		.map = map_anon,
	}, {
		.name = "anon_thp",
		.about = "the same with transparent huge pages",
		.userspace = true,
		.huge_pages = true,
		.unsupported = thp_unsupported,
		.map = map_anon_thp,
	}, {
		.name = "shmem",
		.about = "ordinary memslot over shared memory (memfd)",
		.userspace = true,
		.map = map_shmem,
	}, {
		.name = "hugetlb",
		.about = "ordinary memslot over 2M pages of hugetlbfs",
		.userspace = true,
		.huge_pages = true,
		.whole_holes = true,
		.unsupported = hugetlb_unsupported,
		.map = map_hugetlb,
	},
#ifdef __x86_64__
	/* arm64 has no VM with private memory that the selftests could run. */
	{
		.name = "private",
		.about = "guest_memfd that the host cannot map",
		.slot_flags = KVM_MEM_GUEST_MEMFD,
		.vm_type = KVM_X86_SW_PROTECTED_VM,
		.private = true,
		.unsupported = private_unsupported,
		.map = map_private,
	},
#endif
};

const struct subject hugetlb_1g = {
	.name = "hugetlb_1g",
	.about = "ordinary memslot over a 1G page of hugetlbfs",
	.userspace = true,
	.unsupported = hugetlb_1g_unsupported,
	.map = map_hugetlb_1g,
};

const unsigned int nr_subjects = ARRAY_SIZE(subjects);

void backing_create_at(struct backing *b, const struct subject *s,
		       struct kvm_vm *vm, u64 size, u64 gpa)
{
	b->subject = s;
	b->size = size;
	b->gpa = gpa;
	b->fd = -1;
	b->file_offset = 0;
	s->map(vm, b);
	b->expected = sparse_alloc(size);
	TEST_ASSERT(b->expected, "out of memory");
	pageset_init(&b->written, size / getpagesize());
	pageset_init(&b->settled, size / getpagesize());
}

void backing_create(struct backing *b, const struct subject *s,
		    struct kvm_vm *vm, u64 size)
{
	backing_create_at(b, s, vm, size, 0);
}

void backing_close(struct backing *b)
{
	if (b->map)
		kvm_munmap(b->map, b->map_size);
	if (b->fd >= 0)
		close(b->fd);
	b->map = NULL;
	b->fd = -1;
}

void backing_destroy(struct backing *b)
{
	backing_close(b);
	sparse_free(b->expected, b->size);
	pageset_free(&b->written);
	pageset_free(&b->settled);
}

void backing_unmapped(struct backing *b, u64 offset, u64 size)
{
	u64 page = offset / getpagesize(), end = (offset + size) / getpagesize();

	for (page = pageset_next(&b->settled, page); page < end;
	     page = pageset_next(&b->settled, page + 1))
		pageset_clear(&b->settled, page);
}

/* What is in one huge page with a hole may have been unmapped with it. */
static void unmapped_around(struct backing *b, u64 offset, u64 size)
{
	if (b->subject->huge_pages)
		backing_unmapped(b, 0, b->size);
	else
		backing_unmapped(b, offset, size);
}

/* Anonymous memory has no holes to punch; dropping its pages does the same. */
void backing_drop(struct backing *b, u64 offset, u64 size)
{
	int r;

	if (b->fd >= 0)
		r = fallocate(b->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			      b->file_offset + offset, size);
	else
		r = madvise(b->hva + offset, size, MADV_DONTNEED);
	TEST_ASSERT(!r, "punch offset=%#lx size=%#lx errno=%d", offset, size,
		    errno);
	unmapped_around(b, offset, size);
}

void backing_punch(struct backing *b, u64 offset, u64 size)
{
	backing_drop(b, offset, size);
	memset(b->expected + offset, 0, size);
}

void backing_allocate(struct backing *b)
{
	int r;

	if (b->fd >= 0)
		r = fallocate(b->fd, FALLOC_FL_KEEP_SIZE, b->file_offset, b->size);
	else
		r = madvise(b->hva, b->size, MADV_POPULATE_WRITE);
	TEST_ASSERT(!r, "allocate size=%#lx errno=%d", b->size, errno);
}

struct kvm_userspace_memory_region2
backing_region(const struct backing *b, u32 slot, u32 flags, u64 gpa,
	       u64 offset, u64 size)
{
	const struct subject *s = b->subject;
	bool gmem = subject_is_gmem(s);

	return (struct kvm_userspace_memory_region2) {
		.slot = slot,
		.flags = s->slot_flags | flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = s->userspace ? (u64)b->hva + offset : 0,
		.guest_memfd = gmem ? b->fd : -1,
		.guest_memfd_offset = gmem ? b->file_offset + offset : 0,
	};
}

int memslot_set(struct kvm_vm *vm, struct kvm_userspace_memory_region2 *r)
{
	errno = 0;
	return __vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION2, r) ? -errno : 0;
}

int backing_attach(struct backing *b, struct kvm_vm *vm, u32 slot, u32 flags,
		   u64 gpa, u64 offset, u64 size)
{
	struct kvm_userspace_memory_region2 r =
		backing_region(b, slot, flags, gpa, offset, size);

	return memslot_set(vm, &r);
}

int memslot_delete(struct kvm_vm *vm, u32 slot)
{
	errno = 0;
	return __vm_set_user_memory_region2(vm, slot, 0, 0, 0, NULL, -1, 0) ?
		-errno : 0;
}

const char *subject_unsupported(const struct subject *s)
{
	return s->unsupported ? s->unsupported() : NULL;
}

/* What cannot even be made is broken as well: subject_unsupported() has said yes. */
static int try_log(const struct subject *s)
{
	struct kvm_vm *vm = vm_create_barebones();
	struct backing b;
	int r;

	backing_create(&b, s, vm, getpagesize());
	r = backing_attach(&b, vm, 1, KVM_MEM_LOG_DIRTY_PAGES,
			   WINDOW_GPA, 0, b.size);
	kvm_vm_free(vm);
	backing_destroy(&b);
	return r;
}

/* What --gmem-flags asks for has to come. */
static int try_gmem_flags(const struct subject *s)
{
	struct kvm_vm *vm;
	int fd, e;

	if (s->map != map_gmem_huge || !options.gmem_flags)
		return 0;
	vm = vm_create_barebones();
	fd = __vm_create_guest_memfd(vm, HUGE_BYTES, options.gmem_flags);
	e = fd < 0 ? -errno : 0;
	kvm_vm_free(vm);
	if (!e)
		close(fd);
	return e;
}

const char *subject_refused(const struct subject *s, char *broken)
{
	int r = try_gmem_flags(s);

	broken[0] = 0;
	if (r) {
		snprintf(broken, SUBJECT_BROKEN,
			 "KVM_CREATE_GUEST_MEMFD with --gmem-flags %#lx errno=%d",
			 options.gmem_flags, -r);
		return NULL;
	}
	r = try_log(s);
	if (r == -EINVAL && subject_is_gmem(s))
		return "kernel refuses dirty logging of guest_memfd";
	if (r)
		snprintf(broken, SUBJECT_BROKEN,
			 "KVM_MEM_LOG_DIRTY_PAGES refused for %s errno=%d", s->name, -r);
	return NULL;
}
