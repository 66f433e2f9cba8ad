/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Glue between the suite and the kselftest harness; included once, by a test
 * program.
 *
 * Tests come from the registry (registry.h) or from a program's own table; each has
 * a variant for every subject and log mode that it is for, named "subject.mode", from
 * the tables in subject.c and harvest.c: adding a row there adds its tests.  The
 * harness' own macros want tests in one file, and variants named by C identifiers, so
 * both are added here at run time.
 */
#ifndef SUITE_HARNESS_H
#define SUITE_HARNESS_H

#include <fcntl.h>

#include <kselftest_harness.h>
#include <processor.h>

#include "alloc.h"
#include "check.h"
#include "harvest.h"
#include "known.h"
#include "names.h"
#include "options.h"
#include "finding_probe.h"
#include "probe.h"
#include "procfs.h"
#include "registry.h"
#include "report.h"
#include "splat.h"
#include "testvm.h"

/* Emulated machines are slow and shared; the harness' default is 30 s. */
#define SUITE_TIMEOUT 120

/*
 * @skip:	why its tests are skipped, or NULL
 * @broken:	why they fail, all of them, or NULL
 */
struct suite_variant {
	const struct subject *subject;
	const struct log_mode *mode;
	const char *skip, *broken;
	struct suite_variant *next;
};

/* All of them, whatever their fixture. */
static struct suite_variant *suite_variants;

/*
 * KVM patches the scheduler's code when the first VM appears and when the last
 * one goes (preempt_notifier_inc() in virt/kvm/kvm_main.c).  QEMU's TCG now and
 * then runs a breakpoint of such a patch too late and kills the machine, so one
 * idle VM stays for as long as tests come and go.
 */
static inline void suite_hold_vm(void)
{
	static bool held;
	int kvm;

	if (held)
		return;
	held = true;
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm >= 0)
		ioctl(kvm, KVM_CREATE_VM, 0);
}

/* What the kernel says of this combination; of a subject it is asked once. */
static inline void suite_ask_variant(struct suite_variant *v)
{
	static struct {
		bool asked;
		const char *skip;
		char broken[SUBJECT_BROKEN];
	} answers[16], *a;

	if (!v->mode) {
		v->skip = subject_unsupported(v->subject);
		return;
	}
	a = &answers[v->subject - subjects];
	if (!a->asked) {
		a->skip = subject_unsupported(v->subject) ?:
			  subject_refused(v->subject, a->broken);
		a->asked = true;
	}
	v->skip = a->skip;
	v->broken = a->broken[0] ? a->broken : NULL;
	if (!v->skip && !v->broken && v->mode->unsupported)
		v->skip = v->mode->unsupported(NULL);
}

/*
 * Ask of all, once.  Not as the variants are added: without KVM there are their
 * names and nobody to ask.
 */
static inline void suite_ask(void)
{
	static bool asked;
	struct suite_variant *v;

	suite_hold_vm();
	for (v = suite_variants; v && !asked; v = v->next)
		suite_ask_variant(v);
	asked = true;
}

static inline void suite_add_variant(struct __fixture_metadata *f,
				     const struct subject *s,
				     const struct log_mode *m)
{
	struct __fixture_variant_metadata *meta = alloc_zeroed(1, sizeof(*meta));
	struct suite_variant *v = alloc_zeroed(1, sizeof(*v));
	char *name;

	TEST_ASSERT(asprintf(&name, m ? "%s.%s" : "%s", s->name,
			     m ? m->name : "") > 0, "out of memory");
	v->subject = s;
	v->mode = m;
	v->next = suite_variants;
	suite_variants = v;
	meta->name = name;
	meta->data = v;
	__register_fixture_variant(f, meta);
}

static inline bool suite_wants(const struct variants *w, const struct subject *s)
{
	return w->subject ? w->subject(s) : !s->private;
}

static inline bool suite_wants_mode(const struct variants *w, unsigned int mode)
{
	return (!w->modes || w->modes & BIT(mode)) &&
	       (!w->rings || log_modes[mode].rings);
}

static inline void suite_add_variants(struct __fixture_metadata *f,
				      const struct variants *w)
{
	unsigned int i, j;

	for (i = 0; i < nr_subjects; i++) {
		if (!suite_wants(w, &subjects[i]))
			continue;
		if (w->no_mode)
			suite_add_variant(f, &subjects[i], NULL);
		for (j = 0; j < nr_log_modes && !w->no_mode && !subjects[i].private; j++)
			if (suite_wants_mode(w, j))
				suite_add_variant(f, &subjects[i], &log_modes[j]);
	}
}

/* The fixture of tests that are for @w. */
static inline struct __fixture_metadata *suite_fixture(const struct variants *w)
{
	static struct {
		struct __fixture_metadata f;
		const struct variants *w;
	} fixtures[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fixtures); i++) {
		if (fixtures[i].w == w)
			return &fixtures[i].f;
		if (fixtures[i].w)
			continue;
		fixtures[i].w = w;
		suite_add_variants(&fixtures[i].f, w);
		__register_fixture(&fixtures[i].f);
		return &fixtures[i].f;
	}
	TEST_FAIL("tests are for more than %lu groups", ARRAY_SIZE(fixtures));
}

/*
 * Add the test @name for @w.  @like is one that TEST_F() has made: its body, which finds
 * the rest by _metadata->name.  Itself it is not run.
 */
static inline void suite_add_test(const struct __test_metadata *like, const char *name,
				  const struct variants *w)
{
	/* Shared with the test's process, as the harness does it. */
	struct __test_metadata *t = kvm_mmap(sizeof(*t), PROT_READ | PROT_WRITE,
					     MAP_SHARED | MAP_ANONYMOUS, -1);
	static bool emptied;

	if (!like) {
		fputs("the harness has not made the tests' body\n", stderr);
		exit(KSFT_FAIL);
	}
	if (!emptied)
		__fixture_list = NULL;
	emptied = true;
	*t = *like;
	t->name = name;
	t->fixture = suite_fixture(w);
	__register_test(t);
}

/* The tests that register themselves. */
static inline void suite_add_tests(const struct __test_metadata *like)
{
	const struct suite_test *t;

	for (t = suite_tests; t; t = t->next)
		suite_add_test(like, t->name, t->variants);
}

/* How the running test ended, as an exit status of the harness. */
static inline int suite_judge(void)
{
	char splat[256], summary[1024];

	if (splat_check(splat, sizeof(splat)) && !known_splat(splat))
		report_fail("kernel log: %s", splat);
	known_summary(summary, sizeof(summary));
	if (report_failures()) {
		if (known_times())
			report_detail("besides: %s", summary);
		return KSFT_FAIL;
	}
	if (known_times()) {
		report_known(summary);
		return KSFT_XFAIL;
	}
	if (known_unseen())
		report_note("known failure %s is not seen here", known_unseen());
	return KSFT_PASS;
}

/* Told of every verdict, in the process of the test; or NULL. */
static void (*suite_judged)(const char *test, int verdict);

static inline int suite_verdict(void)
{
	int verdict = suite_judge();

	if (suite_judged)
		suite_judged(report_test(), verdict);
	return verdict;
}

/* Where a WARN is the end, who makes the kernel WARN is not run. */
static inline bool suite_may_not_warn(void)
{
	return procfs_number("/proc/sys/kernel/panic_on_warn", 0) && known_warns();
}

/* Whose CPU it must be, where somebody wants to know. */
static inline void suite_check_cpu(void)
{
#ifdef __x86_64__
	if (!host_cpu_is_intel)
		report_lacks("not an Intel CPU");
	if (!host_cpu_is_amd)
		report_lacks("not an AMD CPU");
#else
	report_lacks("not an Intel CPU");
	report_lacks("not an AMD CPU");
#endif
}

/*
 * Start the test of @meta; to be called first in FIXTURE_SETUP().  Does not return
 * when there is nothing to run it on.
 */
static inline void suite_begin(struct __test_metadata *meta,
			       const struct suite_variant *v)
{
	static char name[256];
	const struct __fixture_variant_metadata *m = meta->fixture->variant;
	char splat[256];

	while (m && m->data != v)
		m = m->next;
	snprintf(name, sizeof(name), "%s.%s%s%s", meta->fixture->name,
		 m ? m->name : "", m ? "." : "", meta->name);
	report_begin(name, meta->results->reason,
		     sizeof(meta->results->reason), known_failure,
		     suite_verdict);
	report_guard_exit();
	if (splat_check(splat, sizeof(splat)))
		report_fail("kernel log, when the test before this one had ended: %s",
			    splat);
	splat_mark();
	suite_check_cpu();
	if (v->broken)
		report_fatal("%s", v->broken);
	if (v->skip)
		report_skip(v->skip);
	known_begin(name);
	finding_probe_all(name);
	if (suite_may_not_warn())
		report_skip("a known failure would make the kernel panic: panic_on_warn");
}

/* End it; to be called last in FIXTURE_TEARDOWN(). */
static inline void suite_end(struct __test_metadata *meta)
{
	meta->exit_code = suite_verdict();
}

/* Call @visit for every test there is, with its dotted name. */
static inline void suite_visit_tests(void (*visit)(const char *name))
{
	struct __fixture_variant_metadata none = { .name = "" }, *v;
	struct __fixture_metadata *f;
	struct __test_metadata *t;
	char name[256];

	for (f = __fixture_list; f; f = f->next) {
		for (v = f->variant ?: &none; v; v = v->next) {
			for (t = f->tests; t; t = t->next) {
				snprintf(name, sizeof(name), "%s%s%s.%s", f->name,
					 v->name[0] ? "." : "", v->name, t->name);
				visit(name);
			}
		}
	}
}

/*
 * The harness' own command line.  It looks at all of it for every test there
 * is, so whole variants are named where they can be, and single tests only where
 * the options ask for some.
 */
static char **suite_argv;
static int suite_argc;
static int suite_matches;

static inline void suite_add_args(const char *opt, const char *name)
{
	suite_argv = alloc_grown(suite_argv, suite_argc + 3, sizeof(*suite_argv));
	suite_argv[suite_argc++] = (char *)opt;
	suite_argv[suite_argc++] = alloc_checked(strdup(name));
	suite_argv[suite_argc] = NULL;
}

static inline void suite_select(const char *name)
{
	const char *variant = strchr(name, '.') + 1;
	char last[256];

	suite_matches += options_match(name);
	if (!options_select(name))
		return;
	if (options.nr_globs) {
		suite_add_args("-r", name);
		return;
	}
	snprintf(last, sizeof(last), "%.*s",
		 (int)(strrchr(name, '.') - variant), variant);
	if (suite_argc == 1 || strcmp(suite_argv[suite_argc - 1], last))
		suite_add_args("-v", last);
}

static inline void suite_print(const char *name)
{
	if (options_select(name))
		puts(name);
}

/* All names there are, for suite_check_names(). */
static const char **suite_names;
static size_t suite_nr_names;

static inline void suite_take_name(const char *name)
{
	suite_names = alloc_grown(suite_names, suite_nr_names + 1, sizeof(*suite_names));
	suite_names[suite_nr_names++] = alloc_checked(strdup(name));
}

/* All fixtures have one name: nothing else keeps two tests from having one. */
static inline void suite_check_names(void)
{
	const char *twice;

	suite_visit_tests(suite_take_name);
	twice = names_twice(suite_names, suite_nr_names);
	TEST_ASSERT(!twice, "two tests have the name %s", twice);
}

/* --probe, and nothing else. */
static inline int suite_probe(void)
{
	int err = probe_device();
	char why[256];

	if (err) {
		printf("no KVM: /dev/kvm: %s\n", strerror(err));
		return KSFT_SKIP;
	}
	if (!probe_guest(why, sizeof(why))) {
		printf("KVM cannot run a guest here: %s\n", why);
		return KSFT_SKIP;
	}
	puts("KVM runs guests here");
	return KSFT_PASS;
}

/* What the program itself has to do at its end, or NULL. */
static void (*suite_at_end)(void);

/*
 * The harness does not return, and a splat that comes when the last test's process
 * ends is no test's: the exit status and a line of TAP tell of it.
 */
static inline void suite_ended(int status, void *parent)
{
	char splat[256];

	if (getpid() != (long)parent)
		return;
	if (suite_at_end)
		suite_at_end();
	if (!splat_check(splat, sizeof(splat)))
		return;
	printf("Bail out! kernel log, when the last test had ended: %s\n", splat);
	fflush(stdout);
	_exit(KSFT_FAIL);
}

/*
 * main() after the fixtures have their variants.  All fixtures are named
 * @program: a test's name does not tell which of them it belongs to.
 */
static inline int suite_run(const char *program)
{
	struct __fixture_metadata *f;
	int err;

	for (f = __fixture_list; f; f = f->next)
		f->name = program;
	suite_check_names();
	if (options.list) {
		suite_visit_tests(suite_print);
		return KSFT_PASS;
	}
	err = probe_device();
	if (err) {
		printf("1..0 # SKIP no KVM: /dev/kvm: %s\n", strerror(err));
		return KSFT_SKIP;
	}
	if (!kvm_has_cap(KVM_CAP_USER_MEMORY2)) {
		puts("1..0 # SKIP no KVM_SET_USER_MEMORY_REGION2, which Linux has from 6.8 on");
		return KSFT_SKIP;
	}
	suite_argv = alloc_zeroed(2, sizeof(*suite_argv));
	suite_argv[suite_argc++] = (char *)options.program;
	suite_visit_tests(suite_select);
	if (suite_matches && suite_argc == 1) {
		puts("1..0 # SKIP no test in this shard");
		return KSFT_SKIP;
	}
	if (suite_argc == 1) {
		fprintf(stderr, "%s: no test has such a name; see --list\n",
			options.program);
		return OPTIONS_EXIT_BAD;
	}
	printf("# seed %#lx, MMU %s, page size %d%s\n", options.seed,
	       mmu_name(mmu_mode()), getpagesize(),
	       options.strict ? ", strict" : "");
	if (!splat_mark())
		puts("# /dev/kmsg cannot be read: kernel warnings show as taint only");
	suite_ask();
	testvm_arch_init();
	finding_probe_init();
	optind = 0; /* the harness parses its own command line */
	on_exit(suite_ended, (void *)(long)getpid());
	return test_harness_run(suite_argc, suite_argv);
}

#endif
