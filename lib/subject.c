// SPDX-License-Identifier: GPL-2.0-only
/* Subjects: the memory under test and how it is attached to the VM. */
#include <fcntl.h>
#include <sys/mman.h>

#include "subject.h"
#include "testvm.h"

#define GMEM_FLAGS (GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED)

static void map_gmem(struct kvm_vm *vm, struct backing *b)
{
	b->fd = vm_create_guest_memfd(vm, b->size, GMEM_FLAGS);
	b->hva = kvm_mmap(b->size, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd);
}

static void map_anon(struct kvm_vm *vm, struct backing *b)
{
	b->fd = -1;
	b->hva = kvm_mmap(b->size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	/* A kernel without huge pages refuses the advice and needs none. */
	madvise(b->hva, b->size, MADV_NOHUGEPAGE);
}

const struct subject subjects[] = {
	{
		.name = "gmem",
		.about = "guest_memfd memslot without a userspace mapping",
		.slot_flags = KVM_MEM_GUEST_MEMFD,
		.map = map_gmem,
	}, {
		.name = "gmem_alias",
		.about = "ordinary memslot over an mmap of a guest_memfd",
		.userspace = true,
		.map = map_gmem,
	}, {
		.name = "anon",
		.about = "ordinary memslot over anonymous memory",
		.userspace = true,
		.map = map_anon,
	},
};

const unsigned int nr_subjects = ARRAY_SIZE(subjects);

void backing_create(struct backing *b, const struct subject *s,
		    struct kvm_vm *vm, u64 size)
{
	b->subject = s;
	b->size = size;
	s->map(vm, b);
	b->shadow = calloc(1, size);
	TEST_ASSERT(b->shadow, "out of memory");
	pageset_init(&b->written, size / getpagesize());
}

void backing_destroy(struct backing *b)
{
	kvm_munmap(b->hva, b->size);
	if (b->fd >= 0)
		close(b->fd);
	free(b->shadow);
	pageset_free(&b->written);
}

int backing_attach(struct backing *b, struct kvm_vm *vm, u32 slot, u32 flags,
		   u64 gpa, u64 offset, u64 size)
{
	const struct subject *s = b->subject;
	bool gmem = s->slot_flags & KVM_MEM_GUEST_MEMFD;
	int r;

	errno = 0;
	r = __vm_set_user_memory_region2(vm, slot, s->slot_flags | flags, gpa,
					 size,
					 s->userspace ? b->hva + offset : NULL,
					 gmem ? b->fd : -1, gmem ? offset : 0);
	return r ? -errno : 0;
}

int memslot_delete(struct kvm_vm *vm, u32 slot)
{
	errno = 0;
	return __vm_set_user_memory_region2(vm, slot, 0, 0, 0, NULL, -1, 0) ?
		-errno : 0;
}

static bool uses_gmem(const struct subject *s)
{
	return s->map == map_gmem;
}

const char *subject_unsupported(const struct subject *s)
{
	int flags;

	if (!uses_gmem(s))
		return NULL;
	if (!kvm_has_cap(KVM_CAP_GUEST_MEMFD))
		return "no guest_memfd";
	flags = kvm_check_cap(KVM_CAP_GUEST_MEMFD_FLAGS);
	if ((flags & GMEM_FLAGS) != GMEM_FLAGS)
		return "guest_memfd cannot be mapped";
	return NULL;
}

const char *subject_refused(const struct subject *s)
{
	struct kvm_vm *vm = vm_create_barebones();
	struct backing b;
	int r;

	backing_create(&b, s, vm, getpagesize());
	r = backing_attach(&b, vm, 1, KVM_MEM_LOG_DIRTY_PAGES,
			   WINDOW_GPA, 0, b.size);
	kvm_vm_free(vm);
	backing_destroy(&b);
	return r ? "kernel refuses dirty logging here" : NULL;
}
