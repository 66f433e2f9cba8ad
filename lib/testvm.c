// SPDX-License-Identifier: GPL-2.0-only
/* A VM under test. */
#include <stdarg.h>

#include <ucall_common.h>

#include "check.h"
#include "contract.h"
#include "guest_pt.h"
#include "harvest.h"
#include "kinds.h"
#include "options.h"
#include "report.h"
#include "testvm.h"

u64 testvm_window_gfn(const struct testvm *t)
{
	return WINDOW_GPA / t->page_size;
}

/*
 * Mapping takes long when emulated: only what a memslot covers, in units of the
 * larger of the host's and the guest's pages.
 */
static void map_pages(struct testvm *t, u64 gfn, u64 npages)
{
	u64 bytes = max_t(u64, t->page_size, t->vm->page_size), gpa, page;

	if (npages > WINDOW_PAGES) {
		guest_pt_map(t->vm, gfn * t->page_size, gfn * t->page_size,
			     npages * t->page_size, guest_pt_max_leaf(t->vm));
		return;
	}
	for (; npages--; gfn++) {
		if (pageset_test(&t->mapped, gfn - testvm_window_gfn(t)))
			continue;
		gpa = gfn * t->page_size / bytes * bytes;
		virt_map(t->vm, gpa, gpa, bytes / t->vm->page_size);
		page = gpa / t->page_size - testvm_window_gfn(t);
		for (gpa = 0; gpa < bytes; gpa += t->page_size)
			pageset_set(&t->mapped, page++);
	}
}

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

struct testslot *testvm_next_slot(struct testvm *t, struct testslot *prev,
				  bool logged)
{
	bool passed = !prev;
	int i;

	for (i = 0; i < t->nr_slots; i++) {
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
	pageset_free(&t->mapped);
	ringlog_free(&t->taken);
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

	for (i = 0; i < TESTVM_MAX_SLOTS; i++) {
		if (t->slots[i])
			continue;
		t->nr_slots = max(t->nr_slots, i + 1);
		return &t->slots[i];
	}
	report_fatal("more than %d memslots under test", TESTVM_MAX_SLOTS);
}

static void start_log(struct testslot *s, bool on)
{
	s->logged = on;
	oracle_reset(&s->oracle);
	pageset_zero(&s->unreset);
	pageset_zero(&s->repeats);
	if (on && s->t->mode && s->t->mode->initially_set)
		oracle_written_all(&s->oracle);
}

/* Only a vCPU in SMM sees address space 1, and without the guest's page tables. */
static bool in_smm(u32 id)
{
	return id >> 16;
}

struct testslot *testvm_add_slot(struct testvm *t, struct backing *b, u32 id,
				 u32 flags, u64 gfn, u64 offset, u64 npages)
{
	u64 bytes = npages * t->page_size;
	struct testslot *s = calloc(1, sizeof(*s));
	int r;

	TEST_ASSERT(s, "out of memory");
	if (!in_smm(id))
		map_pages(t, gfn, npages);
	r = backing_attach(b, t->vm, id, flags, gfn * t->page_size, offset,
			   bytes);
	if (r)
		report_fatal("memslot refused errno=%d slot=%u flags=%#x gfn=%#lx npages=%lu",
			     -r, id, b->subject->slot_flags | flags, gfn, npages);
	s->t = t;
	s->id = id;
	s->backing = b;
	s->offset = offset;
	s->gfn = gfn;
	s->npages = npages;
	s->log = logbuf_create(npages);
	if (log_has_bitmap(t))
		pageset_borrow(&s->reported, npages, s->log);
	else
		pageset_init(&s->reported, npages);
	pageset_init(&s->backup, npages);
	pageset_init(&s->unreset, npages);
	pageset_init(&s->repeats, npages);
	pageset_init(&s->read, npages);
	pageset_init(&s->taken, npages);
	pageset_init(&s->taken_now, npages);
	pageset_init(&s->before[0], npages);
	pageset_init(&s->before[1], npages);
	oracle_init(&s->oracle, npages);
	start_log(s, flags & KVM_MEM_LOG_DIRTY_PAGES);
	*free_entry(t) = s;
	return s;
}

void testslot_repeats(struct testslot *s, u64 page)
{
	if (page < s->npages)
		pageset_set(&s->repeats, page);
}

/*
 * Pages of @s, deleted or moved, are mapped no more; on x86 no others either
 * (kvm_arch_flush_shadow_memslot() in arch/x86/kvm/mmu/mmu.c).  Each is entered again
 * when it is touched again.
 */
static void mappings_went(struct testslot *s)
{
#ifdef __x86_64__
	struct testvm *t = s->t;

	testvm_for_each_logged_slot(s, t)
		pageset_fill(&s->repeats);
#else
	pageset_fill(&s->repeats);
#endif
}

void testvm_delete_slot(struct testslot *s)
{
	struct testvm *t = s->t;
	int i, r = memslot_delete(t->vm, s->id);

	if (r)
		report_fatal("memslot cannot be deleted errno=%d slot=%u", -r,
			     s->id);
	mappings_went(s);
	backing_unmapped(s->backing, s->offset, s->npages * t->page_size);
	for (i = 0; i < TESTVM_MAX_SLOTS; i++)
		if (t->slots[i] == s)
			t->slots[i] = NULL;
	pageset_free(&s->reported);
	logbuf_destroy(s->log, s->npages);
	pageset_free(&s->backup);
	pageset_free(&s->unreset);
	pageset_free(&s->repeats);
	pageset_free(&s->read);
	pageset_free(&s->taken);
	pageset_free(&s->taken_now);
	pageset_free(&s->before[0]);
	pageset_free(&s->before[1]);
	oracle_free(&s->oracle);
	free(s);
}

static int set_again(struct testslot *s, u64 gfn, bool log)
{
	u64 page_size = s->t->page_size;

	return backing_attach(s->backing, s->t->vm, s->id,
			      log ? KVM_MEM_LOG_DIRTY_PAGES : 0,
			      gfn * page_size, s->offset,
			      s->npages * page_size);
}

int testslot_set_log(struct testslot *s, bool on)
{
	int r = set_again(s, s->gfn, on);

	if (!r && on != s->logged)
		start_log(s, on);
	return r;
}

int testslot_move(struct testslot *s, u64 gfn)
{
	int r = set_again(s, gfn, s->logged);

	if (!r) {
		mappings_went(s);
		backing_unmapped(s->backing, s->offset,
				 s->npages * s->t->page_size);
		s->gfn = gfn;
		map_pages(s->t, gfn, s->npages);
	}
	return r;
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

/* Guest virtual and physical addresses are the same, but for the alias. */
static u64 op_gpa(const struct testvm *t, const struct guest_op *op)
{
	const struct alias *a = &t->alias;

	return op->gva - a->gva < a->size ? op->gva - a->gva + a->gpa : op->gva;
}

/* Keep the op until the next harvest is judged. */
static void remember(struct testvm *t, int vcpu, const struct guest_op *op)
{
	if (t->nr_ops == t->max_ops) {
		t->max_ops = 2 * t->max_ops + MAILBOX_OPS;
		t->ops = realloc(t->ops, t->max_ops * sizeof(*op));
		TEST_ASSERT(t->ops, "out of memory");
	}
	t->ops[t->nr_ops] = *op;
	t->ops[t->nr_ops++].vcpu = vcpu;
}

/*
 * True, with the byte of @s that @op starts at, when it touches the memslot.
 * No op is done in SMM, so only address space 0 is theirs.
 */
static bool op_in_slot(const struct testslot *s, const struct guest_op *op,
		       u64 *at)
{
	u64 start = s->gfn * s->t->page_size;

	*at = op->gva - start;
	return !in_smm(s->id) && op->kind->bytes && op->gva >= start &&
	       *at < s->npages * s->t->page_size;
}

static bool op_writes(const struct guest_op *op)
{
	return op->kind->model || op->kind->opaque;
}

/* May a page be reported for @op though it writes nothing? */
static bool op_allowed(const struct testvm *t, const struct guest_op *op)
{
	if (op->kind->tries)
		return contract_allows(EVENT_FAILED_WRITE);
	return t->allow_reads;
}

/* Call @visit for every page of @s that @op touches. */
static void visit_pages(struct testslot *s, const struct guest_op *op,
			void (*visit)(struct oracle *o, u64 page))
{
	u64 size = s->t->page_size, at, page;

	if (!op_in_slot(s, op, &at))
		return;
	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++)
		visit(&s->oracle, page);
}

/* Are the pages of a block of @bytes around @page all in @s, and alike in the host? */
static u64 block_of(const struct testslot *s, u64 page, u64 bytes, u64 *first)
{
	u64 nr = bytes / s->t->page_size, at = align_down(s->gfn + page, nr);
	u64 hva = (u64)s->backing->hva + s->offset;

	if (at < s->gfn || at + nr > s->gfn + s->npages ||
	    (hva / s->t->page_size - s->gfn) % nr)
		return 0;
	*first = at - s->gfn;
	return nr;
}

u64 testslot_block(const struct testslot *s, u64 page, u64 *first)
{
	const struct subject *subject = s->backing->subject;
	u64 nr = 0;

	if (subject == &hugetlb_1g)
		nr = block_of(s, page, GIGANTIC_BYTES, first);
	if (!nr && (subject->premap || subject == &hugetlb_1g))
		nr = block_of(s, page, HUGE_BYTES, first);
	return nr;
}

void testslot_settle(struct testslot *s, u64 page)
{
	u64 at = s->offset / s->t->page_size, nr;

	if (pageset_test(&s->backing->settled, at + page))
		return;
	pageset_set(&s->backing->settled, at + page);
	for (nr = testslot_block(s, page, &page); nr; nr--)
		pageset_set(&s->backing->settled, at + page++);
}

void testslot_read(struct testslot *s, u64 page)
{
	if (!pageset_test(&s->backing->settled, s->offset / s->t->page_size + page))
		pageset_set(&s->read, page);
}

/* What was written before may well have to be mapped for the first fetch from it. */
static void account_read(struct testslot *s, const struct guest_op *op, u64 at)
{
	u64 size = s->t->page_size, page;

	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++) {
		if (op->kind == &execute)
			pageset_set(&s->read, page);
		else
			testslot_read(s, page);
	}
}

/* Do to the shadow what @op did to the memory, @at bytes into the slot. */
static void account_content(struct testslot *s, const struct guest_op *op, u64 at)
{
	u64 size = s->t->page_size, page;
	u8 *shadow;

	at += s->offset;
	shadow = s->backing->shadow + at;
	if (op->kind->model)
		op->kind->model(shadow, op->val);
	else
		memcpy(shadow, s->backing->hva + at, op->kind->bytes);
	for (page = at / size; page <= (at + op->kind->bytes - 1) / size; page++) {
		pageset_set(&s->backing->written, page);
		testslot_settle(s, page - s->offset / size);
	}
}

/* Is it KVM's emulator that does it? */
static bool is_emulated(const struct guest_op *op)
{
#ifdef __x86_64__
	const struct kind_table *e = &arch_emulated;

	return op->kind >= e->kinds && op->kind < e->kinds + e->nr;
#else
	return false;
#endif
}

/*
 * The emulator's writes are entered one by one (kvm_vcpu_write_guest_page() and
 * emulator_cmpxchg_emulated() in arch/x86/kvm/x86.c).  Under shadow paging each mapping
 * the guest has of a page is an SPTE, entered when it becomes writable (make_spte() in
 * arch/x86/kvm/mmu/spte.c).
 */
static void account_repeats(struct testvm *t, const struct guest_op *op, bool aliased)
{
	struct testslot *s;
	u64 at, page;

	if (!is_emulated(op) && !(aliased && mmu_mode() == MMU_SHADOW))
		return;
	testvm_for_each_slot(s, t) {
		if (!op_in_slot(s, op, &at))
			continue;
		for (page = at / t->page_size;
		     page <= (at + op->kind->bytes - 1) / t->page_size; page++)
			testslot_repeats(s, page);
	}
}

/* Tell the oracles and the shadow what @op has done. */
static void account(struct testvm *t, const struct guest_op *op)
{
	struct testslot *s;
	u64 at;

	testvm_for_each_slot(s, t) {
		if (!op_in_slot(s, op, &at))
			continue;
		if (op_writes(op)) {
			account_content(s, op, at);
			visit_pages(s, op, oracle_written);
			continue;
		}
		account_read(s, op, at);
		if (op_allowed(t, op))
			visit_pages(s, op, oracle_allowed);
	}
}

/* Account for what the guest has done since the last call. */
static void account_done(struct testvm *t, int i, u64 *accounted)
{
	struct mailbox *box = t->boxes[i];
	bool aliased;

	while (*accounted < box->done) {
		struct guest_op op = box->ops[(*accounted)++];

		aliased = op_gpa(t, &op) != op.gva;
		op.gva = op_gpa(t, &op);
		account(t, &op);
		account_repeats(t, &op, aliased);
		remember(t, i, &op);
	}
}

/* Nobody is busy: the vCPU is out of KVM_RUN, so KVM has marked what it mapped. */
/* @again: it straddled the last harvest, and nothing else has run since */
static void account_straddler(struct testslot *s, const struct guest_op *op, bool again)
{
	u64 at;

	if (again)
		visit_pages(s, op, oracle_unfinished);
	if (op_writes(op)) {
		visit_pages(s, op, oracle_straddled);
		return;
	}
	if (op_in_slot(s, op, &at))
		account_read(s, op, at);
	if (op_allowed(s->t, op))
		visit_pages(s, op, oracle_around);
}

__printf(4, 5) __noreturn
static void run_failed(struct testvm *t, int i, u64 at, const char *fmt, ...)
{
	const struct guest_op *op = &t->boxes[i]->ops[at];
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	report_fatal("%s vcpu=%d op=%lu:%s gpa=%#lx step=\"%s\"", what, i,
		     t->nr_ops, op->kind ? op->kind->name : "none", op->gva,
		     t->step);
}

/* A ring stays full until it is harvested, however often its vCPU is entered. */
static void check_still_full(struct testvm *t, int i)
{
	struct kvm_run *run = t->vcpus[i]->run;
	u64 done = t->boxes[i]->done;

	if (_vcpu_run(t->vcpus[i]) ||
	    run->exit_reason != KVM_EXIT_DIRTY_RING_FULL ||
	    t->boxes[i]->done != done)
		run_failed(t, i, done, "vCPU runs on with a full ring");
}

/*
 * KVM marks a page before the guest's write to it retires, and a full ring
 * stops the guest in between: the op under way straddles this harvest.
 */
static void ring_full(struct testvm *t, int i, u64 *accounted)
{
	u64 entries = t->vcpus[i]->fetch_index;
	struct mailbox *box = t->boxes[i];
	struct guest_op op;
	struct testslot *s;
	bool aliased, again;

	check_still_full(t, i);
	account_done(t, i, accounted);
	if (box->done < box->nr) {
		op = box->ops[box->done];
		aliased = op_gpa(t, &op) != op.gva;
		op.gva = op_gpa(t, &op);
		account_repeats(t, &op, aliased);
		again = t->unfinished == &box->ops[box->done] &&
			t->unfinished_harvest == t->nr_harvests;
		testvm_for_each_logged_slot(s, t)
			account_straddler(s, &op, again);
	}
	check_harvest(t);
	t->unfinished = &box->ops[box->done];
	t->unfinished_harvest = t->nr_harvests;
	if (t->vcpus[i]->fetch_index == entries)
		run_failed(t, i, box->done, "ring full and nothing in it");
}

/* True when the exit in the middle of the ops is dealt with. */
static bool answer_exit(struct testvm *t, int i, u64 *accounted)
{
	struct kvm_run *run = t->vcpus[i]->run;
	struct mailbox *box = t->boxes[i];

	if (run->exit_reason == KVM_EXIT_DIRTY_RING_FULL) {
		ring_full(t, i, accounted);
		return true;
	}
	return box->done < box->nr && t->on_exit &&
	       t->on_exit(t, run, &box->ops[box->done]);
}

/* Enter the guest, again after every exit that is answered. */
static int run_vcpu(struct testvm *t, int i, u64 *accounted)
{
	int r;

	do {
		errno = 0;
		r = _vcpu_run(t->vcpus[i]);
	} while (!r && answer_exit(t, i, accounted));
	return r;
}

static void fill_mailbox(struct testvm *t, struct mailbox *box,
			 const struct guest_op *ops, u64 nr)
{
	memcpy(box->ops, ops, nr * sizeof(*ops));
	box->nr = nr;
	box->done = 0;
	t->unfinished = NULL;
	errno = 0;
}

int testvm_try_op(struct testvm *t, int vcpu, const struct guest_op *op)
{
	fill_mailbox(t, t->boxes[vcpu], op, 1);
	return __vcpu_run(t->vcpus[vcpu]) ? -errno : 0;
}

/* Run one mailbox full of ops. */
static void run_batch(struct testvm *t, int i, const struct guest_op *ops, u64 nr)
{
	struct mailbox *box = t->boxes[i];
	u64 accounted = 0;
	struct ucall uc;

	fill_mailbox(t, box, ops, nr);
	if (options.crash_guest)
		testvm_arch_crash(t->vcpus[i]);
	if (run_vcpu(t, i, &accounted))
		run_failed(t, i, box->done, "ioctl KVM_RUN failed errno=%d", errno);
	switch (get_ucall(t->vcpus[i], &uc)) {
	case UCALL_SYNC:
		break;
	case UCALL_ABORT:
		run_failed(t, i, box->done, "guest assertion %s", uc.buffer);
	default:
		run_failed(t, i, box->done, "unexpected exit=%s",
			   exit_reason_str(t->vcpus[i]->run->exit_reason));
	}
	account_done(t, i, &accounted);
}

void testvm_run(struct testvm *t, int vcpu, const struct guest_op *ops, u64 nr)
{
	u64 n;

	for (; nr; ops += n, nr -= n) {
		n = min_t(u64, nr, MAILBOX_OPS);
		run_batch(t, vcpu, ops, n);
	}
}

void testslot_premap(struct testslot *s, u64 val)
{
	u64 page, step = HUGE_BYTES / s->t->page_size;
	struct guest_op op;
	int r;

	for (page = 0; page < s->npages; page += step) {
		op = testslot_op(s, &store_u64, page, 0, val);
		testvm_run(s->t, 0, &op, 1);
	}
	r = testslot_set_log(s, true);
	if (r)
		report_fatal("logging cannot be enabled errno=%d slot=%u", -r,
			     s->id);
	s->t->nr_ops = 0;
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
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->step, sizeof(t->step), fmt, ap);
	va_end(ap);
}
