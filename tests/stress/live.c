// SPDX-License-Identifier: GPL-2.0-only
/* A VM whose vCPUs do not stop. */
#include <sched.h>

#include "alloc.h"
#include "check.h"
#include "contract.h"
#include "harvest.h"
#include "kinds.h"
#include "live.h"
#include "report.h"
#include "run.h"
#include "vcpu.h"

/* Where in the window the memslot is: odd, as nothing requires otherwise. */
#define FIRST_GFN 1
/* Of memory that can be mapped huge, so that a whole huge page is in it. */
#define FIRST_GFN_HUGE 510

u8 *live_memory(struct live *l)
{
	return l->b.hva;
}

/* Does the memslot stay where the guest looks for it? */
static bool stays(const struct live *l)
{
	return l->shape.windows < 2;
}

static u64 first_gfn(const struct live *l)
{
	return l->shape.subject->huge_pages && stays(l) ? FIRST_GFN_HUGE : FIRST_GFN;
}

/* --- what the guest may do -------------------------------------------------- */

static void add_kind(struct live *l, struct guest_kind *k, u32 lane, u32 *nr)
{
	struct stream_kind sk;

	/* Somebody must answer some kinds, and nobody models the opaque ones. */
	if (k->opaque || k->exits || k->prepare || (k->missing && k->missing(k)))
		return;
	sk = (struct stream_kind) {
		.guest = k->guest,
		.bytes = k->bytes,
		.align = k->align ?: 1,
		.copies = k->copies,
	};
	if (!stream_fits(&sk, lane))
		return;
	TEST_ASSERT(*nr < l->max_kinds, "more than %u kinds", l->max_kinds);
	l->kinds[*nr] = k;
	l->account.effects[*nr] = k->model ? OP_WRITES : k->failed_write ? OP_TRIES : OP_READS;
	l->vcpus[0].stream->kinds[(*nr)++] = sk;
}

static void add_family(struct live *l, const struct kind_family *f, u32 lane,
		       u32 *nr)
{
	unsigned int i;
	struct guest_kind *k;

	for (i = 0; (k = family_kind(f, i)); i++)
		add_kind(l, k, lane, nr);
}

static void add_table(struct live *l, const struct kind_table *t, u32 lane,
		      u32 *nr)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		add_kind(l, &t->kinds[i], lane, nr);
}

/* Writes, but for those of KVM's emulator, which come last. */
static const struct kind_family * const writes[] = {
	&stores, &vector, &atomics, &string_ops,
};

static u32 family_size(const struct kind_family *f)
{
	u32 nr = 0;

	while (family_kind(f, nr))
		nr++;
	return nr;
}

/* As many as there can be, whatever this machine has of them. */
static u32 count_kinds(void)
{
	u32 i, nr = width_loads.nr + width_stores.nr;

	for (i = 0; i < ARRAY_SIZE(writes); i++)
		nr += family_size(writes[i]);
#ifdef __x86_64__
	nr += family_size(&emulated);
#endif
	return nr;
}

static u64 stream_bytes(const struct live *l)
{
	return sizeof(struct stream) + l->max_kinds * sizeof(struct stream_kind);
}

/* The first stream's table of kinds, which the others copy. */
static void choose_kinds(struct live *l)
{
	struct stream *s = l->vcpus[0].stream;
	u32 lane = stream_lane_bytes(l->t.page_size, l->shape.vcpus), nr = 0, i;

	add_table(l, &width_loads, lane, &nr);
	s->nr_reads = nr;
	if (l->shape.plain) {
		add_table(l, &width_stores, lane, &nr);
	} else {
		for (i = 0; i < ARRAY_SIZE(writes); i++)
			add_family(l, writes[i], lane, &nr);
	}
	l->account.first_emulated = nr;
#ifdef __x86_64__
	/*
	 * Rings overflow: finding emulated-string-overflows-ring.  And each is an
	 * exit, after which nothing is in the TLB.
	 */
	if (!l->shape.plain && !l->shape.hot && l->shape.subject->userspace &&
	    !l->shape.mode->rings_only)
		add_family(l, &emulated, lane, &nr);
#endif
	s->nr_kinds = nr;
}

static void make_stream(struct live *l, struct live_vcpu *v, int id)
{
	struct kvm_vm *vm = l->t.vm;
	struct stream *s, *first = l->vcpus[0].stream;

	v->l = l;
	v->id = id;
	v->stream_gva = vm_alloc(vm, stream_bytes(l), KVM_UTIL_MIN_VADDR);
	s = addr_gva2hva(vm, v->stream_gva);
	v->stream = s;
	l->account.vcpus[id].stream = s;
	s->seed = stream_seed(l->shape.seed, id);
	s->gva = l->gfn[0] * l->t.page_size;
	s->alt = l->gfn[1] * l->t.page_size;
	s->npages = l->shape.npages;
	s->page_size = l->t.page_size;
	s->vcpu = id;
	s->nr_vcpus = l->shape.vcpus;
	/* A VMM gets an access across pages in parts. */
	s->crosses = !l->shape.plain && !l->shape.apart;
	s->spread = l->shape.spread;
	s->hot = l->shape.hot;
	if (!id) {
		choose_kinds(l);
	} else {
		s->nr_reads = first->nr_reads;
		s->nr_kinds = first->nr_kinds;
		memcpy(s->kinds, first->kinds, s->nr_kinds * sizeof(s->kinds[0]));
	}
}

/* --- making it ---------------------------------------------------------------- */

/*
 * The second window is mapped for the guest by a memslot that comes and goes:
 * its page tables do not change once it runs.
 */
static void choose_windows(struct live *l)
{
	const struct live_shape *shape = &l->shape;

	l->gfn[0] = testvm_window_gfn(&l->t) + first_gfn(l);
	if (shape->windows < 2)
		return;
	l->gfn[1] = l->gfn[0] + shape->npages + FIRST_GFN;
	testvm_delete_slot(testvm_add_slot(&l->t, &l->b, LIVE_SLOT, 0,
					   l->gfn[1], 0, shape->npages));
}

static void attach_slot(struct live *l, int i, u32 flags)
{
	l->slot = testvm_add_slot(&l->t, &l->b, LIVE_SLOT, flags, l->gfn[i], 0,
				  l->shape.npages);
	l->slot->by_vcpu = l->by_vcpu;
}

void live_add_slot(struct live *l, int i)
{
	attach_slot(l, i, KVM_MEM_LOG_DIRTY_PAGES);
}

void live_delete_slot(struct live *l)
{
	testvm_delete_slot(l->slot);
	l->slot = NULL;
}

static void attach_memory(struct live *l)
{
	u64 gpa = WINDOW_GPA + first_gfn(l) * l->t.page_size;

	backing_create_at(&l->b, l->shape.subject, l->t.vm,
			  l->shape.npages * l->t.page_size, gpa);
	choose_windows(l);
	if (!l->shape.subject->huge_pages) {
		live_add_slot(l, 0);
		return;
	}
	attach_slot(l, 0, 0);
	testslot_map_huge(l->slot, rng_u64(&l->rng));
	image_copy_all(&l->image, live_memory(l));
}

static void blame_stream(const struct testslot *s, u64 page, char *buf, size_t size);

u64 live_exits(struct live *l, u32 vcpu)
{
	u64 exits;

	if (!vcpu_thread_inside(&l->vcpus[vcpu]))
		return ACCOUNT_OUT;
	kvm_get_stat(&l->t.vcpus[vcpu]->stats, "exits", &exits, 1);
	return exits;
}

/* For the account, where CPUs have buffers. */
static u64 count_exits(const struct account *a, u32 vcpu)
{
	return live_exits(container_of(a, struct live, account), vcpu);
}

static void start_account(struct live *l)
{
	struct account *a = &l->account;

	account_init(a, l->shape.vcpus, l->shape.npages, l->max_kinds);
	a->stays = stays(l);
	/* Only guest_memfd stays where it is once KVM has mapped it. */
	a->reads_warm = subject_is_gmem(l->shape.subject);
	a->keeps = !l->shape.unmaps && a->reads_warm;
	a->settled = !l->shape.unmaps && stays(l);
	a->first_read = contract_allows(EVENT_FIRST_READ);
	a->failed_write = contract_allows(EVENT_FAILED_WRITE);
	a->exits = contract_allows(EVENT_LATE_MARK) ? count_exits : NULL;
}

/*
 * Harvests are to come when they will, not when the vCPUs leave a CPU idle.
 * Where this is not permitted they come later.
 */
static void come_first(void)
{
	struct sched_param param = { .sched_priority = 1 };

	pthread_setschedparam(pthread_self(), SCHED_FIFO | SCHED_RESET_ON_FORK,
			      &param);
}

void live_create(struct live *l, const struct live_shape *shape)
{
	u32 i;

	memset(l, 0, sizeof(*l));
	l->shape = *shape;
	l->rng.state = shape->seed;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->wake, NULL);
	testvm_create(&l->t, shape->subject, shape->mode, shape->vcpus);
	l->t.blame = blame_stream;
	l->t.live = true;
	l->by_vcpu = alloc_zeroed(shape->vcpus, sizeof(*l->by_vcpu));
	l->max_kinds = count_kinds();
	l->kinds = alloc_zeroed(l->max_kinds, sizeof(*l->kinds));
	image_init(&l->image, shape->npages, l->t.page_size);
	attach_memory(l);
	pageset_init(&l->uncleared, shape->npages);
	pageset_init(&l->since, shape->npages);
	start_account(l);
	for (i = 0; i < shape->vcpus; i++) {
		pageset_init(&l->by_vcpu[i], shape->npages);
		make_stream(l, &l->vcpus[i], i);
		vcpu_thread_start(&l->vcpus[i]);
	}
	testvm_step(&l->t, "%u vCPUs running", shape->vcpus);
	come_first();
}

void live_destroy(struct live *l)
{
	u32 i;

	vcpu_threads_end(l);
	testvm_destroy(&l->t);
	backing_destroy(&l->b);
	for (i = 0; i < l->shape.vcpus; i++)
		pageset_free(&l->by_vcpu[i]);
	free(l->by_vcpu);
	free(l->kinds);
	account_free(&l->account);
	pageset_free(&l->uncleared);
	pageset_free(&l->since);
	image_free(&l->image);
}

/* --- starting and stopping ------------------------------------------------- */

#define for_each_vcpu(v, l)						\
	for ((v) = (l)->vcpus; (v) < (l)->vcpus + (l)->shape.vcpus; (v)++)

void live_start(struct live *l, u64 ops)
{
	live_grant(l, ops);
	vcpu_threads_go(l);
}

void live_stop(struct live *l)
{
	struct live_vcpu *v;

	vcpu_threads_stop(l);
	for_each_vcpu(v, l)
		while (!vcpu_wait_stopped(v))
			live_harvest(l);
}

void live_let_run(struct live *l, u64 ops)
{
	struct live_vcpu *v;
	u64 until;

	for_each_vcpu(v, l) {
		until = READ_ONCE(v->stream->done) + ops;
		vcpu_wait_done(v, min_t(u64, until, v->stream->limit));
	}
}

/* --- what the streams did --------------------------------------------------- */

/* "op=.. vcpu=..": false when the vCPU did nothing to it. */
static bool blame_op(struct live_vcpu *v, u64 page, bool writes, char *buf,
		     size_t size)
{
	struct stream_op op;
	u64 n;

	if (!account_find(&v->l->account, v->id, page, writes, &n))
		return false;
	op = stream_op(v->stream, n);
	snprintf(buf, size, "op=%lu:%s vcpu=%d%s", n,
		 v->l->kinds[op.kind]->name, v->id,
		 n < v->l->account.vcpus[v->id].before ? "" : " (straddles)");
	return true;
}

/* A write explains more than a read. */
static bool blame_vcpu(struct live_vcpu *v, u64 page, char *buf, size_t size)
{
	snprintf(buf, size, "op=none vcpu=-1");
	return blame_op(v, page, true, buf, size) ||
	       blame_op(v, page, false, buf, size);
}

static void blame_stream(const struct testslot *s, u64 page, char *buf, size_t size)
{
	struct live *l = container_of(s->t, struct live, t);
	struct live_vcpu *v;

	for_each_vcpu(v, l)
		if (blame_op(v, page, true, buf, size))
			return;
	for_each_vcpu(v, l)
		if (blame_vcpu(v, page, buf, size))
			return;
}

/* --- harvests -------------------------------------------------------------------- */

static void blame_ring(struct live_vcpu *v, u64 page, char *buf, size_t size)
{
	char who[96];

	blame_vcpu(v, page, who, sizeof(who));
	snprintf(buf, size, "ring of another vCPU page=%lu ring=%d %s harvest=%lu seed=%#lx",
		 page, v->id, who, v->l->t.nr_harvests - 1, v->l->shape.seed);
}

/* What is true of a page in the ring of one vCPU, which did what it did. */
static struct page_facts ring_facts(const void *vcpu, u64 page)
{
	const struct live_vcpu *v = vcpu;
	const struct account_vcpu *a = &v->l->account.vcpus[v->id];
	struct page_facts f = { .kind = "" };
	u64 first, nr = testslot_block(v->l->slot, page, &first);

	if (pageset_test(&a->read, page))
		f.bits |= PAGE_READ;
	if (nr && page == first &&
	    (pageset_next(&a->read, first) < first + nr ||
	     pageset_next(&a->may, first) < first + nr))
		f.bits |= PAGE_HEADS_BLOCK;
	return f;
}

/* What is left of @ring, without what the vCPU may have put there, is wrong. */
static void check_ring(struct live_vcpu *v, struct pageset *ring)
{
	char line[256];
	u64 page;

	account_ring(&v->l->account, v->id, ring);
	page = pageset_next(ring, 0);
	if (page >= ring->npages)
		return;
	blame_ring(v, page, line, sizeof(line));
	if (!known_subtract(WRONG_RING, ring, NULL, ring_facts, v)) {
		known_tell("%s", line);
		return;
	}
	blame_ring(v, pageset_next(ring, 0), line, sizeof(line));
	report_fail("%s", line);
}

/* What a vCPU did is in its own ring, not in another's. */
static void check_rings(struct live *l)
{
	struct pageset *by = l->by_vcpu;
	struct live_vcpu *v;

	for_each_vcpu(v, l) {
		check_ring(v, &by[v->id]);
		pageset_zero(&by[v->id]);
	}
}

/* Before the next harvest all that straddled the last one must have finished. */
static void wait_for_straddlers(struct live *l)
{
	struct live_vcpu *v;

	for_each_vcpu(v, l)
		vcpu_wait_done(v, l->account.vcpus[v->id].after);
	account_settle(&l->account, &l->slot->oracle, &l->slot->reported);
}

static void go_on_at_once(struct live *l)
{
	if (l->echo)
		live_grant(l, ECHO_OPS);
}

/* May a CPU have logged what KVM does not know of? */
static bool buffers(const struct live *l)
{
	return l->account.exits;
}

/* Has no vCPU finished an op since the last harvest? */
static bool has_stalled(const struct account *a)
{
	u32 i;

	for (i = 0; i < a->nr_vcpus; i++)
		if (a->vcpus[i].before > a->vcpus[i].from)
			return false;
	return true;
}

static void count_harvest(struct live *l, u64 reported)
{
	l->stats.ops = l->account.ops;
	l->stats.writes = l->account.writes;
	l->stats.straddlers = l->account.straddlers;
	l->stats.buffered = l->account.buffered;
	l->stats.harvests++;
	l->stats.pages += l->slot->npages;
	l->stats.reported += reported;
}

/* What lib/known.c wants to know of the memslot, it does of every vCPU. */
static void note_reads(struct live *l)
{
	u32 i;

	for (i = 0; i < l->account.nr_vcpus; i++)
		pageset_or(&l->slot->read, &l->account.vcpus[i].read);
}

static void collect(struct live *l, bool kicked)
{
	wait_for_straddlers(l);
	if (kicked)
		vcpu_threads_out(l);
	account_read_before(&l->account);
	l->stats.stalled += has_stalled(&l->account);
	l->stats.kicked += kicked;
	harvest(&l->t);
	account_read_after(&l->account);
	if (kicked)
		vcpu_threads_in(l);
	go_on_at_once(l);
}

static u64 harvest_live(struct live *l, bool kicked)
{
	u64 n;

	collect(l, kicked);
	account_harvest(&l->account, &l->slot->oracle);
	note_reads(l);
	check_rings(l);
	check_reported(&l->t);
	account_left(&l->slot->oracle, &l->uncleared);
	n = image_copy(&l->image, live_memory(l), &l->slot->reported);
	pageset_or(&l->since, &l->slot->reported);
	account_next(&l->account);
	live_rings_reset(l);
	count_harvest(l, n);
	return n;
}

/* In an echo the vCPUs stay in their guests. */
u64 live_harvest(struct live *l)
{
	bool kicked = l->shape.kicks || (buffers(l) && rng_below(&l->rng, 2));

	return harvest_live(l, kicked && !l->echo);
}

void live_echo(struct live *l, void (*protect)(struct live *l))
{
	echo_begins(l);
	l->echo = true;
	protect(l);
	l->echo = false;
	live_let_run(l, ECHO_OPS);
	echo_ends(l, NULL);
	harvest_live(l, buffers(l));
}

void live_log_begins(struct live *l)
{
	account_read_before(&l->account);
}

void live_log_begun(struct live *l)
{
	account_read_after(&l->account);
	go_on_at_once(l);
	account_log_begun(&l->account, &l->slot->oracle);
}

void live_copy_all(struct live *l)
{
	image_copy_all(&l->image, live_memory(l));
}

/* --- contents ---------------------------------------------------------------------- */

static void replay(struct live_vcpu *v)
{
	const struct live *l = v->l;
	u8 *expected = l->b.expected;

	for (; v->replayed < v->stream->done; v->replayed++) {
		struct stream_op op = stream_op(v->stream, v->replayed);
		const struct guest_kind *k = l->kinds[op.kind];

		if (k->model && !account_is_diverted(&v->l->account, v->id, v->replayed))
			k->model(expected + op.page * l->t.page_size + op.at, op.val);
	}
}

void live_replay(struct live *l)
{
	struct live_vcpu *v;

	for_each_vcpu(v, l)
		replay(v);
}

void live_check_content(struct live *l)
{
	live_replay(l);
	check_pages(l->slot, 0, l->slot->npages);
}

/* Every page that differs. */
static void differing_pages(struct live *l, struct pageset *set)
{
	const u8 *memory = live_memory(l);
	u64 page;

	for (page = image_differs(&l->image, memory); page < set->npages;
	     page = image_differs_from(&l->image, memory, page + 1))
		pageset_set(set, page);
}

void live_check_image(struct live *l)
{
	struct pageset set;
	u64 nr, left;

	pageset_init(&set, l->slot->npages);
	differing_pages(l, &set);
	nr = pageset_count(&set);
	left = known_subtract(WRONG_IMAGE, &set, NULL, check_facts, l->slot);
	if (left)
		report_fail("image differs from memory page=%lu slot=%u harvests=%lu pages=%lu",
			    pageset_next(&set, 0), l->slot->id, l->t.nr_harvests, left);
	else if (nr)
		known_tell("image differs from memory pages=%lu slot=%u harvests=%lu", nr,
			   l->slot->id, l->t.nr_harvests);
	pageset_free(&set);
}
