// SPDX-License-Identifier: GPL-2.0-only
/* A VM under test. */
#include <stdarg.h>

#include "log_mode.h"
#include "testvm.h"

static void add_vcpu(struct testvm *t, int i)
{
	size_t bytes = align_up(sizeof(struct mailbox), t->vm->page_size);
	gva_t gva = vm_alloc(t->vm, bytes, KVM_UTIL_MIN_VADDR);

	t->boxes[i] = addr_gva2hva(t->vm, gva);
	t->vcpus[i] = vm_vcpu_add(t->vm, i, guest_main);
	vcpu_args_set(t->vcpus[i], 1, gva);
	testvm_arch_vcpu_added(t->vcpus[i]);
}

int testvm_add_vcpu(struct testvm *t)
{
	TEST_ASSERT(t->nr_vcpus < TESTVM_MAX_VCPUS, "too many vCPUs");
	add_vcpu(t, t->nr_vcpus);
	return t->nr_vcpus++;
}

void testvm_create(struct testvm *t, const struct subject *subject,
		   const struct log_mode *mode, int nr_vcpus)
{
	struct vm_shape shape = VM_SHAPE_DEFAULT;

	shape.type = subject->vm_type;
	testvm_create_shape(t, subject, mode, nr_vcpus, shape);
}

void testvm_create_shape(struct testvm *t, const struct subject *subject,
			 const struct log_mode *mode, int nr_vcpus,
			 struct vm_shape shape)
{
	/*
	 * libkvm wants to know for how much memory it needs page tables, two
	 * pages for 512, and has none to spare for many mailboxes.
	 */
	const u64 mailbox_pages = nr_vcpus * 256ull *
				  (sizeof(struct mailbox) / MIN_PAGE_SIZE + 1);
	int i;

	memset(t, 0, sizeof(*t));
	t->subject = subject;
	t->mode = mode;
	t->page_size = getpagesize();
	t->nr_vcpus = nr_vcpus;
	t->vm = __vm_create(shape, nr_vcpus,
			    WINDOW_PAGES * t->page_size / MIN_PAGE_SIZE +
			    mailbox_pages);
	testvm_arch_created(t->vm, nr_vcpus);
	if (mode && mode->enable)
		mode->enable(t->vm);
	pageset_init(&t->mapped, WINDOW_PAGES);
	for (i = 0; i < nr_vcpus; i++)
		add_vcpu(t, i);
	kvm_arch_vm_finalize_vcpus(t->vm);
}

void testvm_destroy(struct testvm *t)
{
	struct testslot *s;

	while ((s = testvm_next_slot(t, NULL, false)))
		testvm_delete_slot(s);
	kvm_vm_free(t->vm);
	pageset_free(&t->mapped);
	ringlog_free(&t->taken);
	free(t->ops);
	history_free(&t->history);
}

s64 testvm_stat(const struct testvm *t, const char *name)
{
	int fd = vm_get_stats_fd(t->vm);
	struct kvm_stats_header header;
	struct kvm_stats_desc *all, *desc;
	s64 value = -1;
	u32 i;

	read_stats_header(fd, &header);
	all = read_stats_descriptors(fd, &header);
	for (i = 0; i < header.num_desc; i++) {
		desc = get_stats_descriptor(all, i, &header);
		if (!strcmp(desc->name, name))
			read_stat_data(fd, &header, desc, (u64 *)&value, 1);
	}
	free(all);
	close(fd);
	return value;
}

void testvm_step(struct testvm *t, const char *fmt, ...)
{
	size_t at = t->step_at[t->depth];
	va_list ap;

	t->step[at] = 0;
	if (t->depth)
		snprintf(t->step + at, sizeof(t->step) - at, ": ");
	at += strlen(t->step + at);
	va_start(ap, fmt);
	vsnprintf(t->step + at, sizeof(t->step) - at, fmt, ap);
	va_end(ap);
}

void testvm_steps_in(struct testvm *t)
{
	TEST_ASSERT(t->depth + 1 < TESTVM_STEPS, "too many steps within steps");
	t->step_at[++t->depth] = strlen(t->step);
}

void testvm_steps_out(struct testvm *t)
{
	TEST_ASSERT(t->depth, "no step is within another one");
	t->step[t->step_at[t->depth]] = 0;
	t->depth--;
}

void testvm_steps_anew(struct testvm *t)
{
	t->depth = 0;
	t->step[0] = 0;
}
