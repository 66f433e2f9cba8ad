// SPDX-License-Identifier: GPL-2.0-only
/* A VM under test. */
#include <stdarg.h>

#include <ucall_common.h>

#include "harvest.h"
#include "report.h"
#include "testvm.h"

u64 testvm_window_gfn(const struct testvm *t)
{
	return WINDOW_GPA / t->page_size;
}

static u64 window_guest_pages(struct testvm *t, struct kvm_vm *vm)
{
	return WINDOW_PAGES * t->page_size / vm->page_size;
}

static void add_vcpu(struct testvm *t, int i)
{
	size_t bytes = align_up(sizeof(struct mailbox), t->vm->page_size);
	gva_t gva = vm_alloc(t->vm, bytes, KVM_UTIL_MIN_VADDR);

	t->boxes[i] = addr_gva2hva(t->vm, gva);
	t->vcpus[i] = vm_vcpu_add(t->vm, i, guest_main);
	vcpu_args_set(t->vcpus[i], 1, gva);
}

void testvm_create(struct testvm *t, const struct subject *subject,
		   const struct log_mode *mode, int nr_vcpus)
{
	const u64 mailbox_pages = nr_vcpus * (sizeof(struct mailbox) /
					      MIN_PAGE_SIZE + 1);
	int i;

	memset(t, 0, sizeof(*t));
	t->subject = subject;
	t->mode = mode;
	t->page_size = getpagesize();
	t->nr_vcpus = nr_vcpus;
	t->vm = __vm_create(VM_SHAPE_DEFAULT, nr_vcpus,
			    WINDOW_PAGES * t->page_size / MIN_PAGE_SIZE +
			    mailbox_pages);
	if (mode && mode->enable)
		mode->enable(t->vm);
	virt_map(t->vm, WINDOW_GPA, WINDOW_GPA, window_guest_pages(t, t->vm));
	for (i = 0; i < nr_vcpus; i++)
		add_vcpu(t, i);
	kvm_arch_vm_finalize_vcpus(t->vm);
}

struct testslot *testvm_next_slot(struct testvm *t, struct testslot *prev,
				  bool logged)
{
	bool passed = !prev;
	int i;

	for (i = 0; i < TESTVM_MAX_SLOTS; i++) {
		struct testslot *s = t->slots[i];

		if (passed && s && (s->logged || !logged))
			return s;
		if (s == prev)
			passed = true;
	}
	return NULL;
}

void testvm_destroy(struct testvm *t)
{
	struct testslot *s;

	while ((s = testvm_next_slot(t, NULL, false)))
		testvm_delete_slot(s);
	kvm_vm_free(t->vm);
	free(t->ops);
}

struct testslot *testvm_find_slot(struct testvm *t, u32 id)
{
	struct testslot *s;

	testvm_for_each_slot(s, t)
		if (s->id == id)
			return s;
	return NULL;
}

static struct testslot **free_entry(struct testvm *t)
{
	int i;

	for (i = 0; i < TESTVM_MAX_SLOTS; i++)
		if (!t->slots[i])
			return &t->slots[i];
	report_fatal("more than %d memslots under test", TESTVM_MAX_SLOTS);
}

struct testslot *testvm_add_slot(struct testvm *t, struct backing *b, u32 id,
				 u32 flags, u64 gfn, u64 offset, u64 npages)
{
	u64 bytes = npages * t->page_size;
	struct testslot *s = calloc(1, sizeof(*s));
	int r;

	TEST_ASSERT(s, "out of memory");
	r = backing_attach(b, t->vm, id, flags, gfn * t->page_size, offset,
			   bytes);
	if (r)
		report_fatal("memslot refused errno=%d slot=%u flags=%#x gfn=%#lx npages=%lu",
			     -r, id, b->subject->slot_flags | flags, gfn, npages);
	s->t = t;
	s->id = id;
	s->logged = flags & KVM_MEM_LOG_DIRTY_PAGES;
	s->backing = b;
	s->offset = offset;
	s->gfn = gfn;
	s->npages = npages;
	s->log = logbuf_create(npages);
	pageset_init(&s->reported, npages);
	oracle_init(&s->oracle, npages);
	*free_entry(t) = s;
	return s;
}

void testvm_delete_slot(struct testslot *s)
{
	struct testvm *t = s->t;
	int i, r = memslot_delete(t->vm, s->id);

	if (r)
		report_fatal("memslot cannot be deleted errno=%d slot=%u", -r,
			     s->id);
	for (i = 0; i < TESTVM_MAX_SLOTS; i++)
		if (t->slots[i] == s)
			t->slots[i] = NULL;
	logbuf_destroy(s->log, s->npages);
	pageset_free(&s->reported);
	oracle_free(&s->oracle);
	free(s);
}

struct guest_op testslot_op(const struct testslot *s,
			    const struct guest_kind *kind, u64 page, u32 offset,
			    u64 val)
{
	return (struct guest_op) {
		.gva = (s->gfn + page) * s->t->page_size + offset,
		.val = val,
		.kind = kind,
	};
}

static void remember(struct testvm *t, int vcpu, const struct guest_op *ops,
		     u64 nr)
{
	if (t->nr_ops + nr > t->max_ops) {
		t->max_ops = 2 * (t->nr_ops + nr);
		t->ops = realloc(t->ops, t->max_ops * sizeof(*ops));
		TEST_ASSERT(t->ops, "out of memory");
	}
	while (nr--) {
		t->ops[t->nr_ops] = *ops++;
		t->ops[t->nr_ops++].vcpu = vcpu;
	}
}

/* Tell the oracle and the shadow what @op has done to the slot. */
static void account(struct testslot *s, const struct guest_op *op)
{
	u64 start = s->gfn * s->t->page_size, size = s->npages * s->t->page_size;
	u64 at = op->gva - start, page;

	if (op->gva < start || at >= size || !op->kind->model)
		return;
	op->kind->model(s->backing->shadow + s->offset + at, op->val);
	for (page = at / s->t->page_size;
	     page <= (at + op->kind->bytes - 1) / s->t->page_size; page++)
		oracle_written(&s->oracle, page);
}

static void account_all(struct testvm *t, const struct guest_op *ops, u64 nr)
{
	struct testslot *s;
	u64 i;

	testvm_for_each_slot(s, t)
		for (i = 0; i < nr; i++)
			account(s, &ops[i]);
}

/* Run one mailbox full of ops. */
static void run_batch(struct testvm *t, int i, const struct guest_op *ops, u64 nr)
{
	struct mailbox *box = t->boxes[i];
	struct ucall uc;
	int r;

	memcpy(box->ops, ops, nr * sizeof(*ops));
	box->nr = nr;
	box->done = 0;
	errno = 0;
	r = _vcpu_run(t->vcpus[i]);
	if (r)
		report_fatal("ioctl KVM_RUN failed errno=%d vcpu=%d op=%lu:%s gpa=%#lx step=\"%s\"",
			     errno, i, t->nr_ops + box->done,
			     ops[box->done].kind->name, ops[box->done].gva,
			     t->step);
	switch (get_ucall(t->vcpus[i], &uc)) {
	case UCALL_SYNC:
		break;
	case UCALL_ABORT:
		report_fatal("guest assertion vcpu=%d %s", i, uc.buffer);
	default:
		report_fatal("unexpected exit=%s vcpu=%d op=%lu:%s gpa=%#lx step=\"%s\"",
			     exit_reason_str(t->vcpus[i]->run->exit_reason), i,
			     t->nr_ops + box->done, ops[box->done].kind->name,
			     ops[box->done].gva, t->step);
	}
}

void testvm_run(struct testvm *t, int vcpu, const struct guest_op *ops, u64 nr)
{
	u64 n;

	for (; nr; ops += n, nr -= n) {
		n = min_t(u64, nr, MAILBOX_OPS);
		run_batch(t, vcpu, ops, n);
		account_all(t, ops, n);
		remember(t, vcpu, ops, n);
	}
}

void testvm_step(struct testvm *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->step, sizeof(t->step), fmt, ap);
	va_end(ap);
}
