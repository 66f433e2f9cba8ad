// SPDX-License-Identifier: GPL-2.0-only
/* The threads that the vCPUs of a live VM run on. */
#include <signal.h>
#include <time.h>

#include "guest_loop.h"
#include "harvest.h"
#include "report.h"
#include "vcpu.h"

static u64 seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static struct kvm_vcpu *kvm_vcpu(struct live_vcpu *v)
{
	return v->l->t.vcpus[v->id];
}

/* The op the guest is at. */
static u64 current_op(struct live_vcpu *v)
{
	return READ_ONCE(v->stream->started) - 1;
}

static void dump_registers(struct live_vcpu *v)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	vcpu_dump(f, kvm_vcpu(v), 0);
	fclose(f);
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		report_detail("%s", line);
}

/* Called on the vCPU's own thread: ends the process. */
__printf(2, 3) __noreturn
static void vcpu_failed(struct live_vcpu *v, const char *fmt, ...)
{
	static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
	struct stream_op op = stream_op(v->stream, current_op(v));
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&once);
	report_fail("%s vcpu=%d op=%lu:%s page=%lu at=%u harvest=%lu seed=%#lx step=\"%s\"",
		    what, v->id, current_op(v), v->l->kinds[op.kind]->name,
		    op.page, op.at, v->l->t.nr_harvests, v->l->shape.seed,
		    v->l->t.step);
	dump_registers(v);
	report_end();
}

static void set_state(struct live_vcpu *v, enum live_state state)
{
	pthread_mutex_lock(&v->l->lock);
	v->state = state;
	pthread_cond_broadcast(&v->l->wake);
	pthread_mutex_unlock(&v->l->lock);
}

enum live_state vcpu_thread_state(struct live_vcpu *v)
{
	enum live_state state;

	pthread_mutex_lock(&v->l->lock);
	state = v->state;
	pthread_mutex_unlock(&v->l->lock);
	return state;
}

/* The ring is full until somebody resets it. */
static void wait_for_reset(void *data)
{
	struct live_vcpu *v = data;
	struct live *l = v->l;

	set_state(v, LIVE_FULL);
	pthread_mutex_lock(&l->lock);
	l->stats.full++;
	while (v->state == LIVE_FULL)
		pthread_cond_wait(&l->wake, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

static void remember_diverted(struct live_vcpu *v, u64 n)
{
	account_divert(&v->l->account, v->id, n);
	pthread_mutex_lock(&v->l->lock);
	v->l->stats.diverted++;
	pthread_mutex_unlock(&v->l->lock);
}

/* Where there is no memslot, the access comes to us, exactly as it was meant. */
static void divert(struct live_vcpu *v)
{
	struct kvm_run *run = kvm_vcpu(v)->run;
	u64 n = current_op(v);
	struct stream_op op = stream_op(v->stream, n);
	const struct guest_kind *k = v->l->kinds[op.kind];

	if (v->l->shape.windows < 2)
		vcpu_failed(v, "KVM_EXIT_MMIO gpa=%#llx on a memslot that stays",
			    run->mmio.phys_addr);
	if (run->mmio.phys_addr != stream_gva(v->stream, &op) ||
	    run->mmio.len != k->bytes || !run->mmio.is_write != !k->model ||
	    (k->model && memcmp(run->mmio.data, &op.val, k->bytes)))
		vcpu_failed(v, "KVM_EXIT_MMIO gpa=%#llx len=%u write=%u is not the op's",
			    run->mmio.phys_addr, run->mmio.len, run->mmio.is_write);
	remember_diverted(v, n);
}

/* KVM_RUN, once it may begin: true when it ended because vCPUs are to stay out. */
static bool enter_guest(struct live_vcpu *v, int *r)
{
	struct live *l = v->l;
	bool out;

	pthread_mutex_lock(&l->lock);
	while (l->out)
		pthread_cond_wait(&l->wake, &l->lock);
	v->inside = true;
	pthread_mutex_unlock(&l->lock);
	errno = 0;
	*r = __vcpu_run(kvm_vcpu(v)) ? -errno : 0;
	pthread_mutex_lock(&l->lock);
	v->inside = false;
	out = l->out;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	return out && *r == -EINTR;
}

/* Signals end KVM_RUN now and then, and the host when it waits for nothing else. */
static int enter_or_fail(void *data)
{
	struct live_vcpu *v = data;
	int r;

	if (enter_guest(v, &r))
		return GUEST_LOOP_AGAIN;
	if (r != -EINTR)
		return r;
	if (READ_ONCE(kvm_vcpu(v)->run->immediate_exit))
		vcpu_failed(v, "no progress for %d s", VCPU_PATIENCE);
	return GUEST_LOOP_AGAIN;
}

static bool answer_mmio(void *data)
{
	struct live_vcpu *v = data;
	struct kvm_run *run = kvm_vcpu(v)->run;

	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr < WINDOW_GPA)
		return false;
	divert(v);
	return true;
}

/* From the stream's start, or where it stopped, to where it stops next. */
static void run_stream_once(struct live_vcpu *v)
{
	struct mailbox *box = v->l->t.boxes[v->id];
	const struct guest_loop loop = {
		.vcpu = kvm_vcpu(v),
		.enter = enter_or_fail,
		.ring_full = wait_for_reset,
		.answer = answer_mmio,
		.data = v,
	};
	char why[256];

	box->ops[0] = (struct guest_op) { .gva = v->stream_gva, .kind = &run_stream };
	box->nr = 1;
	box->done = 0;
	if (!guest_loop(&loop, why, sizeof(why)))
		vcpu_failed(v, "%s", why);
}

static bool wait_for_go(struct live_vcpu *v)
{
	struct live *l = v->l;

	pthread_mutex_lock(&l->lock);
	while (v->state == LIVE_IDLE && !l->quit)
		pthread_cond_wait(&l->wake, &l->lock);
	pthread_mutex_unlock(&l->lock);
	return !l->quit;
}

/* The guest has done what it may, and nobody has told it to stop. */
static bool wait_for_grant(struct live_vcpu *v)
{
	struct stream *s = v->stream;

	pthread_mutex_lock(&v->l->lock);
	while (s->done >= s->limit && !s->stop)
		pthread_cond_wait(&v->l->wake, &v->l->lock);
	pthread_mutex_unlock(&v->l->lock);
	return !s->stop;
}

static void *vcpu_main(void *arg)
{
	struct live_vcpu *v = arg;

	WRITE_ONCE(v->tid, gettid());
	while (wait_for_go(v)) {
		do
			run_stream_once(v);
		while (wait_for_grant(v));
		set_state(v, LIVE_IDLE);
	}
	return NULL;
}

void vcpu_thread_start(struct live_vcpu *v)
{
	struct sigaction sa = { .sa_handler = harvest_signalled };

	sigaction(SIGUSR1, &sa, NULL);
	TEST_ASSERT(!pthread_create(&v->thread, NULL, vcpu_main, v),
		    "no thread for vCPU %d", v->id);
}

bool vcpu_thread_inside(struct live_vcpu *v)
{
	bool inside;

	pthread_mutex_lock(&v->l->lock);
	inside = v->inside;
	pthread_mutex_unlock(&v->l->lock);
	return inside;
}

/* A signal that comes before KVM_RUN does not end it: hence immediate_exit. */
void vcpu_threads_out(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	l->out = true;
	for (i = 0; i < l->shape.vcpus; i++) {
		if (!l->vcpus[i].inside)
			continue;
		WRITE_ONCE(kvm_vcpu(&l->vcpus[i])->run->immediate_exit, 1);
		pthread_kill(l->vcpus[i].thread, SIGUSR1);
	}
	for (i = 0; i < l->shape.vcpus; i++)
		while (l->vcpus[i].inside)
			pthread_cond_wait(&l->wake, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

void vcpu_threads_in(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++)
		WRITE_ONCE(kvm_vcpu(&l->vcpus[i])->run->immediate_exit, 0);
	l->out = false;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

/* The thread that harvests is never moved, and it is the process' first. */
void vcpu_cpus(cpu_set_t *set)
{
	TEST_ASSERT(!sched_getaffinity(getpid(), sizeof(*set), set),
		    "sched_getaffinity errno=%d", errno);
}

void vcpu_thread_pin(struct live_vcpu *v, const cpu_set_t *cpus)
{
	cpu_set_t set;

	vcpu_cpus(&set);
	CPU_AND(&set, &set, cpus);
	if (CPU_COUNT(&set))
		pthread_setaffinity_np(v->thread, sizeof(set), &set);
}

void vcpu_threads_go(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++) {
		WRITE_ONCE(l->vcpus[i].stream->stop, 0);
		l->vcpus[i].state = LIVE_RUNNING;
	}
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void vcpu_threads_end(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	l->quit = true;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++)
		pthread_join(l->vcpus[i].thread, NULL);
}

void live_rings_reset(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++)
		if (l->vcpus[i].state == LIVE_FULL)
			l->vcpus[i].state = LIVE_RUNNING;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void live_grant(struct live *l, u64 ops)
{
	struct stream *s;
	u32 i;

	pthread_mutex_lock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++) {
		s = l->vcpus[i].stream;
		WRITE_ONCE(s->limit, READ_ONCE(s->done) + ops);
	}
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void vcpu_threads_stop(struct live *l)
{
	u32 i;

	pthread_mutex_lock(&l->lock);
	for (i = 0; i < l->shape.vcpus; i++)
		WRITE_ONCE(l->vcpus[i].stream->stop, 1);
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

/* The thread reports, for only it may read the registers; if it still can. */
__noreturn static void stuck(struct live_vcpu *v)
{
	WRITE_ONCE(kvm_vcpu(v)->run->immediate_exit, 1);
	pthread_kill(v->thread, SIGUSR1);
	sleep(3);
	report_fatal("no progress for %d s, and KVM_RUN does not return vcpu=%d op=%lu state=%d",
		     VCPU_PATIENCE, v->id, current_op(v), v->state);
}

/*
 * Poll, for the guest cannot tell without an exit; ever less often, for each
 * poll is an interrupt, and a vCPU on this CPU that is interrupted before its
 * first instruction never does one.  Give up without progress.
 */
#define FIRST_NAP 20
#define LONGEST_NAP 2000

static enum live_state wait_until(struct live_vcpu *v, u64 n)
{
	u64 seen = ~0ull, done, since = seconds();
	enum live_state state;
	useconds_t nap;

	for (nap = FIRST_NAP; ; nap = min_t(useconds_t, 2 * nap, LONGEST_NAP)) {
		done = READ_ONCE(v->stream->done);
		state = vcpu_thread_state(v);
		if (state != LIVE_RUNNING || done >= n)
			return state;
		if (done != seen) {
			seen = done;
			since = seconds();
		} else if (seconds() - since >= VCPU_PATIENCE) {
			stuck(v);
		}
		usleep(nap);
	}
}

void vcpu_wait_done(struct live_vcpu *v, u64 n)
{
	wait_until(v, n);
}

bool vcpu_wait_stopped(struct live_vcpu *v)
{
	return wait_until(v, ~0ull) == LIVE_IDLE;
}
