// SPDX-License-Identifier: GPL-2.0-only
/* From a run that fails to the smallest one that still does. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <kselftest.h>

#include "options.h"
#include "stress.h"

/* A race need not come out the same way each time. */
#define TRIES 3

/* Keep to the numbers that the command line takes. */
#define MIN_PAGES 64

static time_t deadline;

/* True when the run of this size fails; it may not take what time is left. */
static bool fails(const struct stress_size *size, const char *test)
{
	char line[1024], *argv[] = { "sh", "-c", line, NULL };
	time_t left = deadline - time(NULL);
	int status, null;
	pid_t pid;

	if (left <= 0)
		return false;
	stress_size = *size;
	options_replay(line + sprintf(line, "exec timeout %ld ", (long)left),
		       sizeof(line) - 64, test);
	strcat(line, " --shrink 0");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	       WIFEXITED(status) && WEXITSTATUS(status) == KSFT_FAIL;
}

static bool fails_sometimes(const struct stress_size *size, const char *test)
{
	int i;

	for (i = 0; i < TRIES; i++)
		if (fails(size, test))
			return true;
	return false;
}

/* The ways in which a run can be smaller; false when it cannot. */
static bool fewer_scenarios(struct stress_size *s)
{
	u64 was = s->with;

	s->with &= s->with - 1;
	return s->with != was;
}

static bool halve(u64 *n, u64 min)
{
	u64 was = *n;

	*n = was / 2 < min ? min : was / 2;
	return *n != was;
}

static bool fewer_vcpus(struct stress_size *s)
{
	return halve(&s->vcpus, 1);
}

static bool fewer_harvests(struct stress_size *s)
{
	return halve(&s->harvests, 1);
}

static bool fewer_pages(struct stress_size *s)
{
	return halve(&s->pages, MIN_PAGES);
}

static bool fewer_ops(struct stress_size *s)
{
	return halve(&s->ops, 1);
}

static bool (* const ways[])(struct stress_size *s) = {
	fewer_scenarios, fewer_vcpus, fewer_harvests, fewer_ops, fewer_pages,
};

void shrink(const char *test, u64 seconds)
{
	struct stress_size best = stress_size, s;
	unsigned int i, in_vain = 0;
	char line[1024];

	deadline = time(NULL) + seconds;
	printf("# shrinking %s for up to %lu s\n", test, seconds);
	for (i = 0; in_vain < ARRAY_SIZE(ways) && time(NULL) < deadline; i++) {
		bool (*way)(struct stress_size *s) = ways[i % ARRAY_SIZE(ways)];

		s = best;
		in_vain++;
		if (way(&s) && fails_sometimes(&s, test)) {
			best = s;
			in_vain = 0;
		}
	}
	stress_size = best;
	options_replay(line, sizeof(line), test);
	printf("# smallest command that still fails: %s\n", line);
}
