// SPDX-License-Identifier: GPL-2.0-only
/* One memslot, and vCPUs that write it. */
#include <numaif.h>

#include "alloc.h"
#include "guest_loop.h"
#include "guest_pt.h"
#include "perf.h"

/* Ticks of read_clock() in a second. */
static double clock_hz(struct perf *p)
{
#ifdef __x86_64__
	/* Calibrated against another clock of the machine; icount is exact. */
	if (perf_options.icount)
		return 1e9;
	return 1e3 * __vcpu_ioctl(p->t.vcpus[0], KVM_GET_TSC_KHZ, NULL);
#else
	return read_sysreg(cntfrq_el0);
#endif
}

double perf_ns(const struct perf *p, u64 ticks)
{
	return ticks / p->ticks_per_ns;
}

static void pin(pthread_t thread, unsigned int i)
{
	if (i < perf_options.nr_cpus)
		pin_task_to_cpu(thread, perf_options.cpus[i]);
}

static void add_writer(struct perf *p, int i)
{
	struct writer *w = &p->writers[i];
	struct kvm_vm *vm = p->t.vm;

	w->p = p;
	w->vcpu = i;
	w->sweep_gva = vm_alloc(vm, align_up(sizeof(struct sweep), vm->page_size),
				KVM_UTIL_MIN_VADDR);
	w->sweep = addr_gva2hva(vm, w->sweep_gva);
}

void perf_create(struct perf *p, const struct subject *s,
		 const struct log_mode *m)
{
	int i;

	memset(p, 0, sizeof(*p));
	testvm_create(&p->t, s, m, perf_options.vcpus);
	p->steps = perf_steps(m);
	p->ticks_per_ns = clock_hz(p) / 1e9;
	pthread_mutex_init(&p->ring_lock, NULL);
	pin(pthread_self(), 0);
	for (i = 0; i < p->t.nr_vcpus; i++)
		add_writer(p, i);
	environment_noise();
}

void perf_destroy(struct perf *p)
{
	if (p->attached)
		perf_detach(p);
	testvm_destroy(&p->t);
}

/*
 * By the largest pages that the guest has, so that setting up is cheap and it
 * is KVM's page tables that are measured, not the guest's.
 */
static void map_slot(struct perf *p)
{
	p->gva = guest_pt_base(p->t.vm);
	guest_pt_map(p->t.vm, p->gva, WINDOW_GPA, p->bytes,
		     guest_pt_max_leaf(p->t.vm));
}

static int set_slot(struct perf *p, bool log)
{
	return backing_attach(&p->b, p->t.vm, PERF_SLOT,
			      log ? KVM_MEM_LOG_DIRTY_PAGES : 0, WINDOW_GPA, 0,
			      p->bytes);
}

const char *perf_placement(void)
{
	char path[96];

	if (perf_options.node == -1ull)
		return NULL;
	snprintf(path, sizeof(path), "/sys/devices/system/node/node%lu/cpu%lu",
		 perf_options.node, perf_options.cpus[1]);
	return access(path, F_OK) ? "far" : "near";
}

static void bind_memory(struct perf *p)
{
	unsigned long nodes = 1ull << perf_options.node;

	if (perf_options.node == -1ull)
		return;
	if (mbind(p->b.map, p->b.map_size, MPOL_BIND, &nodes, 64, 0))
		report_fatal("memory cannot be bound to node %lu errno=%d",
			     perf_options.node, errno);
}

/* A policy is a wish: ask where the first page really is. */
static void check_placement(struct perf *p)
{
	void *page = p->b.hva;
	int node = -1;

	if (perf_options.node == -1ull)
		return;
	WRITE_ONCE(*(u8 *)page, 1);
	if (move_pages(0, 1, &page, NULL, &node, 0) || node != perf_options.node)
		report_fatal("memory is on node %d, not on %lu", node,
			     perf_options.node);
}

void perf_attach(struct perf *p, u64 bytes, bool log)
{
	int r;

	p->bytes = bytes;
	p->npages = bytes / p->t.page_size;
	backing_create_at(&p->b, p->t.subject, p->t.vm, bytes, WINDOW_GPA);
	bind_memory(p);
	p->bitmap = alloc_zeroed(p->npages / 64 + 1, sizeof(u64));
	map_slot(p);
	r = set_slot(p, log);
	if (r)
		report_fatal("memslot refused errno=%d bytes=%lu log=%d", -r,
			     bytes, log);
	p->attached = true;
}

void perf_detach(struct perf *p)
{
	int r;

	check_placement(p);
	r = memslot_delete(p->t.vm, PERF_SLOT);

	if (r)
		report_fatal("memslot cannot be deleted errno=%d", -r);
	ring_discard(&p->t, -1);
	free(p->bitmap);
	backing_destroy(&p->b);
	p->attached = false;
}

u64 perf_set_log(struct perf *p, bool on)
{
	u64 start = read_clock(), end;
	int r = set_slot(p, on);

	end = read_clock();
	if (r == -EINVAL && subject_is_gmem(p->t.subject))
		report_skip("kernel refuses toggling guest_memfd logging");
	if (r)
		report_fatal("log cannot be switched %s errno=%d",
			     on ? "on" : "off", -r);
	return end - start;
}

/*
 * Rings that fill up would be harvested in the middle of what is measured; some
 * of their entries are KVM's reserve.
 */
u64 perf_dirty_pages(const struct perf *p, u64 stride)
{
	u64 nr = (p->npages + stride - 1) / stride;
	u64 ring = p->t.vm->dirty_ring_size / sizeof(struct kvm_dirty_gfn);

	return ring ? min_t(u64, nr, p->t.nr_vcpus * ring * 3 / 4) : nr;
}

static void empty_rings(void *data)
{
	struct writer *w = data;

	perf_empty_rings(w->p);
}

static void run_writer(struct writer *w)
{
	const struct guest_loop loop = {
		.vcpu = w->p->t.vcpus[w->vcpu],
		.ring_full = empty_rings,
		.data = w,
	};
	char why[256];

	if (!guest_loop(&loop, why, sizeof(why)))
		report_fatal("%s vcpu=%d kind=%s", why, w->vcpu, w->kind->name);
}

static void *writer_thread(void *arg)
{
	run_writer(arg);
	return NULL;
}

/* The pages are cut up between the vCPUs. */
static void tell_writer(struct writer *w, const struct guest_kind *kind, u64 nr,
			u64 stride)
{
	struct perf *p = w->p;
	struct mailbox *box = p->t.boxes[w->vcpu];
	u64 first = nr * w->vcpu / p->t.nr_vcpus;
	u64 last = nr * (w->vcpu + 1) / p->t.nr_vcpus;

	w->kind = kind;
	w->sweep->step = stride * p->t.page_size;
	w->sweep->nr = last - first;
	w->sweep->duration = perf_options.duration * 1e6 * p->ticks_per_ns;
	box->ops[0] = (struct guest_op) {
		.gva = p->gva + first * w->sweep->step,
		.val = w->sweep_gva,
		.kind = kind,
	};
	box->nr = 1;
	box->done = 0;
}

void perf_start(struct perf *p, const struct guest_kind *kind, u64 nr, u64 stride)
{
	int i;

	for (i = 0; i < p->t.nr_vcpus; i++) {
		struct writer *w = &p->writers[i];

		tell_writer(w, kind, nr, stride);
		TEST_ASSERT(!pthread_create(&w->thread, NULL, writer_thread, w),
			    "no thread for vCPU %d", i);
		pin(w->thread, i + 1);
	}
}

void perf_wait(struct perf *p)
{
	int i;

	for (i = 0; i < p->t.nr_vcpus; i++)
		pthread_join(p->writers[i].thread, NULL);
}

/* One vCPU needs no thread, which would only add what is not to be measured. */
void perf_run(struct perf *p, const struct guest_kind *kind, u64 nr, u64 stride)
{
	if (p->t.nr_vcpus == 1) {
		tell_writer(&p->writers[0], kind, nr, stride);
		run_writer(&p->writers[0]);
	} else {
		perf_start(p, kind, nr, stride);
		perf_wait(p);
	}
}

void perf_fill(struct perf *p)
{
	perf_run(p, &fill_pages, p->npages, 1);
}
