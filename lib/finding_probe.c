// SPDX-License-Identifier: GPL-2.0-only
/* Does this kernel show what is known of others? */
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "finding_probe.h"
#include "harvest.h"
#include "options.h"
#include "report.h"
#include "run.h"
#include "testvm.h"

#define PROBE_SLOT 1
/* A guest that does not come back is no answer. */
#define PROBE_SECONDS 30

/* Shared by the processes of all tests. */
static struct answer {
	enum probe_answer answer;
	char why[160];
} *answers, *asked;

void probe_why(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(asked->why, sizeof(asked->why), fmt, ap);
	va_end(ap);
}

/* --- what probes do ------------------------------------------------------------ */

const struct subject *probe_subject(const char *name)
{
	unsigned int i;

	for (i = 0; i < nr_subjects; i++)
		if (!strcmp(subjects[i].name, name))
			return &subjects[i];
	TEST_FAIL("no subject %s", name);
}

static u32 ring_entries;

static void enable_ring(struct kvm_vm *vm)
{
	vm_enable_dirty_ring(vm, ring_entries * sizeof(struct kvm_dirty_gfn));
}

/* Nothing is harvested but by hand. */
static const struct log_mode ring_mode = {
	.name = "probe",
	.enable = enable_ring,
	.rings_only = true,
};

void probe_vm_create(struct probe_vm *p, const char *subject, u32 entries, int nr_vcpus,
		     u64 gfn, u64 npages)
{
	const struct subject *s = probe_subject(subject);

	ring_entries = entries;
	testvm_create(&p->t, s, &ring_mode, nr_vcpus);
	gfn += testvm_window_gfn(&p->t);
	backing_create_at(&p->b, s, p->t.vm, npages * p->t.page_size,
			  gfn * p->t.page_size);
	backing_allocate(&p->b);
	p->s = testvm_add_slot(&p->t, &p->b, PROBE_SLOT, KVM_MEM_LOG_DIRTY_PAGES, gfn, 0,
			       npages);
}

static void do_on(struct probe_vm *p, int vcpu, const struct guest_kind *kind, u64 page)
{
	struct guest_op op = testslot_op(p->s, kind, page, 0, page + 1);

	testvm_run(&p->t, vcpu, &op, 1);
}

void probe_do(struct probe_vm *p, const struct guest_kind *kind, u64 page)
{
	do_on(p, 0, kind, page);
}

bool probe_in_ring(struct probe_vm *p, int vcpu, u64 page)
{
	struct kvm_dirty_gfn *e;
	u32 i;

	for (i = 0; (e = ring_entry(p->t.vcpus[vcpu], i)); i++)
		if (e->slot == PROBE_SLOT && e->offset == page)
			return true;
	return false;
}

/* --- signal-forgets-ring-reset --------------------------------------------------- */

/*
 * A reset takes entries as long as userspace has given them back, whoever wrote them:
 * a ring full of forged ones, all of one page, is one batch that takes a while, and a
 * timer's signal ends it in the middle.  The page is another vCPU's, whose ring is as it
 * should be and tells whether the page is protected again.
 */
#define FORGED_ENTRIES 65536u
#define FORGED_PAGE 1

static void nothing(int signal)
{
}

static void forge(struct probe_vm *p)
{
	struct kvm_dirty_gfn *ring = vcpu_map_dirty_ring(p->t.vcpus[0]);
	u32 i;

	for (i = 0; i < FORGED_ENTRIES; i++) {
		ring[i].slot = PROBE_SLOT;
		ring[i].offset = FORGED_PAGE;
		__atomic_store_n(&ring[i].flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	}
}

/* Of the forged entries how many are taken when a signal comes after @ns, 0 for none. */
static u32 reset_until(struct probe_vm *p, timer_t timer, u64 ns)
{
	struct itimerspec when = {
		.it_value = { ns / 1000000000, ns % 1000000000 },
	};
	u32 n;

	forge(p);
	TEST_ASSERT(!timer_settime(timer, 0, &when, NULL), "timer_settime");
	n = kvm_vm_reset_dirty_ring(p->t.vm);
	memset(&when, 0, sizeof(when));
	TEST_ASSERT(!timer_settime(timer, 0, &when, NULL), "timer_settime");
	return n;
}

/* Is @page reported for a write?  Takes nothing from the ring. */
static bool write_is_seen(struct probe_vm *p)
{
	u32 before = ring_pending(&p->t);

	do_on(p, 1, &store_u64, FORGED_PAGE);
	return ring_pending(&p->t) > before;
}

/* Find a time at which a signal ends a reset that has begun. */
static bool interrupt(struct probe_vm *p, timer_t timer)
{
	u64 ns = 200000;
	int tries;
	u32 n;

	for (tries = 0; tries < 60; tries++) {
		n = reset_until(p, timer, ns);
		if (n && n < FORGED_ENTRIES)
			return true;
		/* What was taken whole protects the page: have it written again. */
		if (n)
			do_on(p, 1, &store_u64, FORGED_PAGE);
		ns = n ? ns * 3 / 4 + 1 : ns * 3 / 2;
	}
	return false;
}

static enum probe_answer ask_signal(void)
{
	struct sigaction sa = { .sa_handler = nothing };
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct probe_vm p;
	timer_t timer;

	probe_vm_create(&p, "anon", FORGED_ENTRIES, 2, 1, 64);
	sigaction(SIGUSR1, &sa, NULL);
	TEST_ASSERT(!timer_create(CLOCK_MONOTONIC, &ev, &timer), "timer_create");
	if (!write_is_seen(&p)) {
		probe_why("a first write is not in the ring");
		return PROBE_FAILED;
	}
	forge(&p);
	kvm_vm_reset_dirty_ring(p.t.vm);
	if (!write_is_seen(&p)) {
		probe_why("a reset that ends does not protect the page");
		return PROBE_FAILED;
	}
	if (!interrupt(&p, timer)) {
		probe_why("no signal meets a reset");
		return PROBE_FAILED;
	}
	return write_is_seen(&p) ? PROBE_SHOWS_NOT : PROBE_SHOWS;
}

/* --- reset-of-clean-ring-entry --------------------------------------------------- */

/* No vCPU runs, so nothing is pushed that could make the kernel warn. */
static enum probe_answer ask_clean_entry(void)
{
	struct kvm_dirty_gfn *ring;
	struct probe_vm p;

	probe_vm_create(&p, "anon", 4096, 1, 1, 4);
	ring = vcpu_map_dirty_ring(p.t.vcpus[0]);
	ring[0].slot = PROBE_SLOT;
	ring[0].offset = 0;
	__atomic_store_n(&ring[0].flags, KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
	return kvm_vm_reset_dirty_ring(p.t.vm) ? PROBE_SHOWS : PROBE_SHOWS_NOT;
}

/* --- stale-ring-entry-drops-batch ------------------------------------------------ */

/* A memslot that is made anew and smaller, while an entry of its end is in the ring. */
static enum probe_answer ask_stale_entry(void)
{
	struct probe_vm p;
	u64 gfn;

	probe_vm_create(&p, "anon", 4096, 1, 1, 130);
	gfn = p.s->gfn;
	probe_do(&p, &store_u64, 100);
	testvm_delete_slot(p.s);
	p.s = testvm_add_slot(&p.t, &p.b, PROBE_SLOT, KVM_MEM_LOG_DIRTY_PAGES, gfn, 0, 65);
	probe_do(&p, &store_u64, 64);
	if (ring_discard(&p.t, UINT32_MAX) != 2) {
		probe_why("two writes are not two entries");
		return PROBE_FAILED;
	}
	probe_do(&p, &store_u64, 64);
	return ring_pending(&p.t) ? PROBE_SHOWS_NOT : PROBE_SHOWS;
}

static const struct probe common_probes[] = {
	{ FINDING_CLEAN_ENTRY, ask_clean_entry },
	{ FINDING_SIGNAL, ask_signal },
	{ FINDING_STALE_ENTRY, ask_stale_entry },
};

/* --- asking ------------------------------------------------------------------------ */

static const struct probe *find_probe(enum finding f)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(common_probes); i++)
		if (common_probes[i].finding == f)
			return &common_probes[i];
	for (i = 0; i < nr_arch_probes; i++)
		if (arch_probes[i].finding == f)
			return &arch_probes[i];
	return NULL;
}

static const char *no_ring(enum finding f)
{
	if (f == FINDING_NULL || kvm_has_cap(KVM_CAP_DIRTY_LOG_RING) ||
	    kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL))
		return NULL;
	return "no dirty ring";
}

/* What a failure of libkvm says goes nowhere: a probe's is no test's. */
static void __noreturn answer(const struct probe *probe, enum finding f)
{
	static char reason[1024];

	report_begin("probe", reason, sizeof(reason), NULL, NULL);
	if (!freopen("/dev/null", "w", stderr))
		_exit(PROBE_FAILED);
	alarm(PROBE_SECONDS);
	_exit(probe->ask());
}

static void ask(enum finding f)
{
	const struct probe *probe = find_probe(f);
	const char *why = no_ring(f);
	int status;
	pid_t pid;

	asked = &answers[f];
	asked->answer = PROBE_FAILED;
	if (!probe || why) {
		probe_why("%s", why ?: "no probe here");
		return;
	}
	probe_why("its process died");
	fflush(stdout);
	pid = fork();
	if (!pid)
		answer(probe, f);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return;
	if (WEXITSTATUS(status) == PROBE_SHOWS || WEXITSTATUS(status) == PROBE_SHOWS_NOT)
		asked->answer = WEXITSTATUS(status);
}

static void tell_answer(enum finding f)
{
	const struct answer *a = &answers[f];

	if (a->answer == PROBE_FAILED)
		printf("# finding %s: not probed: %s\n", known_name(f), a->why);
	else
		printf("# finding %s: %s\n", known_name(f),
		       a->answer == PROBE_SHOWS ? "shows" : "does not show");
	fflush(stdout);
}

void finding_probe_init(void)
{
	if (answers)
		return;
	answers = mmap(NULL, NR_FINDINGS * sizeof(*answers), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(answers != MAP_FAILED, "out of memory");
}

void finding_probe_all(const char *test)
{
	enum finding f;

	for (f = 0; f < NR_FINDINGS; f++) {
		if (options.no_known || !known_concerns(f, test))
			continue;
		if (!answers[f].answer) {
			ask(f);
			tell_answer(f);
		}
		known_set_shown(f, answers[f].answer == PROBE_SHOWS);
	}
}
