// SPDX-License-Identifier: GPL-2.0-only
/*
 * What checking costs, beside what is checked.  Called by ci/bench, which also
 * runs the kernel's dirty_log_test and prints the ratios.
 *
 * Lines on stdout, times in ticks of the CPU's clock, which under -icount are
 * instructions:
 *   cost SUBJECT MODE BYTES PAGES DIRTY HARVEST CHECK MEMORY
 *   hz TICKS		in a second
 *   verify PAGES DIRTY HARVEST CHECK CONTENT ALL LOOP
 *   rate LOOP WRITES TICKS
 */
#include <pthread.h>
#include <time.h>

#include "alloc.h"
#include "check.h"
#include "guest_bench.h"
#include "guest_perf.h"
#include "guest_stream.h"
#include "harvest.h"
#include "kinds.h"
#include "options.h"
#include "procfs.h"
#include "report.h"
#include "run.h"
#include "testvm.h"

#define BENCH_SLOT 1

static u64 samples = 1, most_dirty = 1 << 14, verify_dirty = 2000, duration = 50;

static const struct option_more more[] = {
	{ .name = "samples", .value = &samples, .min = 1, .max = 1000,
	  .help = "how often each cost is measured; instructions repeat (1)" },
	{ .name = "most-dirty", .value = &most_dirty, .min = 1, .max = 1 << 24,
	  .help = "dirty pages of memslots that are larger than 1 GiB (16384)" },
	{ .name = "verify-dirty", .value = &verify_dirty, .min = 1, .max = 1 << 18,
	  .help = "dirty pages of 1 GiB beside dirty_log_test (2000)" },
	{ .name = "duration", .value = &duration, .min = 1, .max = 60000,
	  .help = "ms that each rate is measured for (50)" },
};

/*
 * One memslot of one VM.
 *
 * @sweep, @sweep_gva: what the guest is told
 * @memory:	what this process took before it had the memslot, in bytes
 */
struct bench {
	struct testvm t;
	struct backing b;
	struct testslot *s;
	struct sweep *sweep;
	u64 sweep_gva;
	u64 memory;
};

static u64 ioctl_ticks;

static void count_ioctl(bool begins)
{
	ioctl_ticks += begins ? -read_clock() : read_clock();
}

static void *guest_memory(struct bench *b, u64 bytes, u64 *gva)
{
	*gva = vm_alloc(b->t.vm, align_up(bytes, b->t.vm->page_size),
			KVM_UTIL_MIN_VADDR);
	return addr_gva2hva(b->t.vm, *gva);
}

static void bench_begin(struct bench *b, const struct subject *s,
			const struct log_mode *m, u64 npages, u32 flags)
{
	memset(b, 0, sizeof(*b));
	testvm_create_shape(&b->t, s, m, 1, testvm_arch_large_shape(s));
	b->sweep = guest_memory(b, sizeof(*b->sweep), &b->sweep_gva);
	b->memory = procfs_field_bytes("/proc/self/status", "RssAnon");
	backing_create_at(&b->b, s, b->t.vm, npages * b->t.page_size, WINDOW_GPA);
	b->s = testvm_add_slot(&b->t, &b->b, BENCH_SLOT, flags,
			       testvm_window_gfn(&b->t), 0, npages);
	testvm_step(&b->t, "bench");
}

static void bench_end(struct bench *b)
{
	testvm_destroy(&b->t);
	backing_destroy(&b->b);
}

/* @nr pages, evenly spread. */
static void guest_write(struct bench *b, u64 nr)
{
	struct guest_op op = {
		.gva = WINDOW_GPA, .val = b->sweep_gva, .kind = &fill_pages,
	};

	if (!nr)
		return;
	b->sweep->step = b->s->npages / nr * b->t.page_size;
	b->sweep->nr = nr;
	testvm_run(&b->t, 0, &op, 1);
}

/* --- the check beside the harvest ------------------------------------------------ */

/* Telling the oracle is part of the check, and so is poisoning the buffer. */
static void time_harvest(struct bench *b, u64 nr, u64 *harvest, u64 *check)
{
	u64 step = nr ? b->s->npages / nr : 0, start, all, i;

	guest_write(b, nr);
	ioctl_ticks = 0;
	start = read_clock();
	for (i = 0; i < nr; i++)
		oracle_written(&b->s->oracle, i * step);
	check_harvest(&b->t);
	all = read_clock() - start;
	*harvest += ioctl_ticks;
	*check += all - ioctl_ticks;
}

static void measure_cost(struct bench *b, u64 nr)
{
	u64 harvest = 0, check = 0, i;

	/* Not the first time, when memory is touched for the first time. */
	time_harvest(b, nr, &harvest, &check);
	harvest = 0;
	check = 0;
	for (i = 0; i < samples; i++)
		time_harvest(b, nr, &harvest, &check);
	printf("cost %s %s %lu %lu %lu %lu %lu %lu\n", b->t.subject->name,
	       b->t.mode->name, b->b.size, b->s->npages, nr, harvest / samples,
	       check / samples, procfs_field_bytes("/proc/self/status", "RssAnon") - b->memory);
}

static void cost_of_size(const struct subject *s, const struct log_mode *m, u64 bytes)
{
	static const u64 parts[] = { 0, 1 << 16, 1 << 10, 64, 8, 1 };
	u64 npages = bytes / getpagesize(), last = -1, nr, i;
	struct bench b;

	bench_begin(&b, s, m, npages, KVM_MEM_LOG_DIRTY_PAGES);
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		nr = parts[i] ? npages / parts[i] : 0;
		if (bytes > 1ull << 30)
			nr = min_t(u64, nr, most_dirty);
		if (nr != last)
			measure_cost(&b, nr);
		last = nr;
	}
	bench_end(&b);
}

static void costs(const char *subject, const char *mode)
{
	static const u64 sizes[] = {
		4ull << 20, 64ull << 20, 1ull << 30, 64ull << 30, 1ull << 40,
	};
	unsigned int i, j, k;

	for (i = 0; i < nr_subjects; i++)
		for (j = 0; j < nr_log_modes; j++)
			if (!strcmp(subjects[i].name, subject) &&
			    !strcmp(log_modes[j].name, mode))
				for (k = 0; k < ARRAY_SIZE(sizes); k++)
					cost_of_size(&subjects[i], &log_modes[j],
						     sizes[k]);
}

/* --- pages verified, as dirty_log_test does it ----------------------------------- */

static bool test_and_clear(u64 *bits, u64 page)
{
	u64 bit = 1ull << page % 64, old = bits[page / 64];

	bits[page / 64] = old & ~bit;
	return old & bit;
}

/*
 * Ticks of a loop like vm_dirty_log_verify()'s in dirty_log_test: every page has
 * a bit in two bitmaps and a value.
 */
static u64 loop_over_pages(struct bench *b)
{
	u64 nr = b->s->npages, page, start = 0, wrong = 0, i;
	u64 *bits = alloc_zeroed(2 * (nr / 64 + 1), sizeof(*bits));

	for (i = 0; i < 2; i++) {
		start = read_clock();
		for (page = 0; page < nr; page++) {
			u64 val = READ_ONCE(*(u64 *)(b->b.hva + page * b->t.page_size));
			bool dirty = test_and_clear(bits, page);

			if (test_and_clear(bits + nr / 64 + 1, page) || dirty)
				wrong += val != 1;
			else
				wrong += val == 1;
		}
	}
	start = read_clock() - start;
	free(bits);
	return start + (wrong > nr);
}

/*
 * The same number of pages, as many dirty, one harvest: the guest's writes one
 * op each, as in the tests, and the contents of what was reported.  The same
 * pages every time, so that the host has them mapped, as dirty_log_test has all.
 */
static void verify_pages(const struct subject *s)
{
	u64 start = 0, guest = 0, harvest = 0, all = 0, i, page;
	struct bench b;

	bench_begin(&b, s, &log_modes[0], (1ull << 30) / getpagesize() + 3,
		    KVM_MEM_LOG_DIRTY_PAGES);
	for (i = 0; i <= samples; i++) {
		struct rng pages = { 1 }, rng = { i };
		struct guest_op *ops = alloc_zeroed(verify_dirty, sizeof(*ops));
		u64 n;

		for (n = 0; n < verify_dirty; n++)
			ops[n] = testslot_op(b.s, &store_u64, rng_below(&pages, b.s->npages),
					     0, rng_u64(&rng));
		ioctl_ticks = 0;
		start = read_clock();
		testvm_run(&b.t, 0, ops, verify_dirty);
		guest = read_clock();
		check_harvest(&b.t);
		harvest = read_clock();
		pageset_for_each(page, &b.s->reported)
			check_pages(b.s, page, 1);
		all = read_clock();
		free(ops);
	}
	printf("verify %lu %lu %lu %lu %lu %lu %lu\n", b.s->npages,
	       pageset_count(&b.s->reported), ioctl_ticks,
	       harvest - guest - ioctl_ticks, all - harvest, all - start, loop_over_pages(&b));
	bench_end(&b);
}

/* --- the guest's writes ---------------------------------------------------------- */

struct runner {
	struct bench *b;
	struct guest_op op;
	pthread_t thread;
};

static void *run_loop(void *arg)
{
	struct runner *r = arg;

	testvm_run(&r->b->t, 0, &r->op, 1);
	return NULL;
}

/* As dirty_log_test by default: a harvest every 10 ms, or none. */
static void wait_ms(struct bench *b, u64 ms, bool harvested)
{
	for (; ms; ms -= min_t(u64, ms, 10)) {
		usleep(1000 * min_t(u64, ms, 10));
		if (harvested)
			harvest(&b->t);
	}
}

/* @done and @stop are the loop's, as the host sees them. */
static void bench_rate(struct bench *b, const char *name, bool harvested,
		       struct guest_op op, u64 *done, u32 *stop)
{
	struct runner r = { .b = b, .op = op };
	u64 n, start;

	*done = 0;
	*stop = 0;
	TEST_ASSERT(!pthread_create(&r.thread, NULL, run_loop, &r), "no thread");
	while (!READ_ONCE(*done))
		usleep(1000);
	wait_ms(b, duration / 4, harvested);
	n = READ_ONCE(*done);
	start = read_clock();
	wait_ms(b, duration, harvested);
	n = READ_ONCE(*done) - n;
	printf("rate %s%s %lu %lu\n", name, harvested ? "_harvested" : "", n,
	       read_clock() - start);
	WRITE_ONCE(*stop, 1);
	pthread_join(r.thread, NULL);
}

static void loop_rate(struct bench *b, const char *name, bool harvested,
		      const struct guest_kind *k)
{
	struct bench_loop *loop;
	u64 gva;

	loop = guest_memory(b, sizeof(*loop), &gva);
	loop->npages = b->s->npages;
	loop->page_size = b->t.page_size;
	bench_rate(b, name, harvested, (struct guest_op) {
		.gva = WINDOW_GPA, .val = gva, .kind = k }, &loop->done, &loop->stop);
}

static void add_kinds(struct stream *s, const struct kind_table *t)
{
	unsigned int i;

	for (i = 0; i < t->nr; i++)
		s->kinds[s->nr_kinds++] = (struct stream_kind) {
			.guest = t->kinds[i].guest,
			.bytes = t->kinds[i].bytes,
			.align = t->kinds[i].align ?: 1,
		};
}

/* As tests/stress has it, of loads and stores of every width. */
static void stream_rate(struct bench *b, const char *name, bool harvested, bool spread)
{
	struct stream *s;
	u64 gva;

	s = guest_memory(b, sizeof(*s), &gva);
	memset(s, 0, sizeof(*s));
	s->limit = -1;
	s->seed = stream_seed(options.seed, 0);
	s->gva = WINDOW_GPA;
	s->npages = b->s->npages;
	s->page_size = b->t.page_size;
	s->nr_vcpus = 1;
	s->crosses = true;
	s->spread = spread;
	add_kinds(s, &width_loads);
	s->nr_reads = s->nr_kinds;
	add_kinds(s, &width_stores);
	bench_rate(b, name, harvested,
		   (struct guest_op) { .gva = gva, .kind = &run_stream }, &s->done, &s->stop);
}

/*
 * All of it is mapped and dirty, so what is measured is the loops; and then what
 * is left of them while the log is harvested.
 */
static void rates(const struct subject *s)
{
	struct bench b;
	int i;

	bench_begin(&b, s, &log_modes[0], (1ull << 30) / getpagesize() + 3,
		    KVM_MEM_LOG_DIRTY_PAGES);
	guest_write(&b, b.s->npages);
	for (i = 0; i < 2; i++) {
		loop_rate(&b, "bare", i, &bench_bare);
		loop_rate(&b, "random", i, &bench_random);
		stream_rate(&b, "stream", i, false);
		stream_rate(&b, "stream_spread", i, true);
	}
	bench_end(&b);
}

static void print_hz(void)
{
	struct timespec begun, ended;
	u64 ticks = read_clock();
	double s;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	usleep(100000);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ticks = read_clock() - ticks;
	s = ended.tv_sec - begun.tv_sec + (ended.tv_nsec - begun.tv_nsec) / 1e9;
	printf("hz %.0f\n", ticks / s);
}

static const struct subject *wanted(void)
{
	const struct subject *s = &subjects[0];
	char broken[SUBJECT_BROKEN] = "";
	const char *why = subject_unsupported(s) ?: subject_refused(s, broken);
	unsigned int i;

	TEST_ASSERT(!broken[0], "%s", broken);
	if (!why)
		return s;
	printf("# %s: %s\n", s->name, why);
	for (i = 0; i < nr_subjects; i++)
		if (!strcmp(subjects[i].name, "anon"))
			s = &subjects[i];
	return s;
}

static int verdict(void)
{
	return report_failures() ? 1 : 0;
}

int main(int argc, char **argv)
{
	static char reason[1024];
	const struct subject *s;

	options_add(more, ARRAY_SIZE(more));
	options_parse(argc, argv);
	setbuf(stdout, NULL);
	testvm_arch_init();
	s = wanted();
	report_begin("bench", reason, sizeof(reason), NULL, verdict);
	log_ioctl = count_ioctl;
	print_hz();
	verify_pages(s);
	rates(s);
	costs(s->name, "bitmap");
	costs(s->name, "clear");
	if (report_failures())
		printf("# FAILED: %s\n", reason);
	return verdict();
}
