// SPDX-License-Identifier: GPL-2.0-only
/* A /dev/kvm that exists need not be able to run a guest: try. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include <ucall_common.h>

#include "options.h"
#include "probe.h"
#include "report.h"
#include "run.h"
#include "testvm.h"

int probe_device(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

int main(int argc, char **argv);

/*
 * libkvm's constructor asks KVM what it can do, and ends the process where there is
 * no KVM.  This one comes before it, and after those of the program's tests, in the
 * order in which all are linked: names of tests and a plain word need no KVM.
 */
static void __attribute__((constructor)) main_without_kvm(int argc, char **argv)
{
	if (probe_device())
		exit(main(argc, argv));
}

/* As much as struct kvm_run tells: the union behind exit_reason. */
static void print_exit(const struct kvm_run *run)
{
	u32 i;

	fprintf(stderr, "KVM_RUN ended with KVM_EXIT_%s",
		exit_reason_str(run->exit_reason));
	switch (run->exit_reason) {
	case KVM_EXIT_INTERNAL_ERROR:
		fprintf(stderr, " suberror=%u", run->internal.suberror);
		for (i = 0; i < min_t(u32, run->internal.ndata, 16); i++)
			fprintf(stderr, " data%u=%#llx", i, run->internal.data[i]);
		break;
	case KVM_EXIT_FAIL_ENTRY:
		fprintf(stderr, " hardware_entry_failure_reason=%#llx cpu=%u",
			run->fail_entry.hardware_entry_failure_reason,
			run->fail_entry.cpu);
		break;
	case KVM_EXIT_MMIO:
		fprintf(stderr, " gpa=%#llx", run->mmio.phys_addr);
		break;
	case KVM_EXIT_UNKNOWN:
		fprintf(stderr, " hardware_exit_reason=%#llx",
			run->hw.hardware_exit_reason);
		break;
	}
	fputc('\n', stderr);
}

static char failure[256];

/* Instead of a test's verdict: nobody but our parent reads the report. */
static int print_failure(void)
{
	fprintf(stderr, "%.*s\n", (int)strcspn(failure, "\n"), failure);
	return KSFT_FAIL;
}

/* --debug-crash-guest: where the guest goes then is no memory, as on no machine. */
static void crash(struct testvm *t)
{
	virt_map(t->vm, 0, WINDOW_GPA, 1);
	testvm_arch_crash(t->vcpus[0]);
}

static int run_guest(void)
{
	const struct guest_op op = { .kind = &no_op };
	struct testvm t;
	struct ucall uc;
	int r;

	report_begin("probe", failure, sizeof(failure), NULL, print_failure);
	testvm_create(&t, &subjects[0], NULL, 1);
	if (options.crash_guest)
		crash(&t);
	r = testvm_try_op(&t, 0, &op);
	if (r) {
		fprintf(stderr, "KVM_RUN failed errno=%d (%s)\n", -r, strerror(-r));
		return KSFT_FAIL;
	}
	switch (get_ucall(t.vcpus[0], &uc)) {
	case UCALL_SYNC:
		return KSFT_PASS;
	case UCALL_ABORT:
		fprintf(stderr, "guest assertion %s\n", uc.buffer);
		break;
	default:
		print_exit(t.vcpus[0]->run);
	}
	return KSFT_FAIL;
}

/*
 * libkvm ends the process with many lines when something fails, the reason
 * last; and when something is missing it says so on stdout.
 */
static void last_line(int fd, char *why, size_t size)
{
	FILE *f = fdopen(fd, "r");
	char line[256], *text;

	why[0] = 0;
	while (f && fgets(line, sizeof(line), f)) {
		text = line + strspn(line, "\n ");
		text[strcspn(text, "\n")] = 0;
		if (text[0])
			snprintf(why, size, "%s", text);
	}
	if (f)
		fclose(f);
}

bool probe_guest(char *why, size_t size)
{
	int status, fds[2];
	pid_t pid;

	fflush(stdout);
	TEST_ASSERT(!pipe(fds), "pipe");
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		alarm(PROBE_SECONDS);
		_exit(run_guest());
	}
	close(fds[1]);
	last_line(fds[0], why, size);
	TEST_ASSERT(waitpid(pid, &status, 0) == pid, "wait");
	if (!status)
		return true;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		snprintf(why, size, "KVM_RUN did not end in %d s", PROBE_SECONDS);
	else if (WIFSIGNALED(status))
		snprintf(why, size, "the probe died of signal %d", WTERMSIG(status));
	else if (!why[0])
		snprintf(why, size, "exit status %d", WEXITSTATUS(status));
	return false;
}
