// SPDX-License-Identifier: GPL-2.0-only
/* The same tests with one seed after another, for as long as one has. */
#include <sys/wait.h>
#include <time.h>

#include <kselftest.h>

#include "options.h"
#include "stress.h"

#define HEARTBEAT 5
#define NAME "stress.soak"

static time_t began, said;

static void heartbeat(unsigned int runs)
{
	struct live_stats s = stats_sum();

	printf("# %ld s, %u seeds done; seed %#lx: %lu ops, %lu harvests, %lu pages\n",
	       (long)(time(NULL) - began), runs, options.seed, s.ops, s.harvests,
	       s.pages);
	fflush(stdout);
}

/* For report.py and whoever wants to know how a long run went. */
static void log_run(int status, time_t since)
{
	struct live_stats s = stats_sum();
	FILE *f = fopen("/results/soak.jsonl", "a");

	if (!f)
		return;
	fprintf(f, "{\"type\":\"soak\",\"seed\":%lu,\"exit\":%d,\"seconds\":%ld,",
		options.seed, status, (long)(time(NULL) - since));
	fprintf(f, "\"ops\":%lu,\"writes\":%lu,\"harvests\":%lu,", s.ops,
		s.writes, s.harvests);
	fprintf(f, "\"straddlers\":%lu,\"pages\":%lu}\n", s.straddlers, s.pages);
	fclose(f);
}

/* What a run prints is kept until it is known whether anybody wants it. */
static int wait_for(pid_t pid, unsigned int runs)
{
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		usleep(100000);
		if (time(NULL) - said >= HEARTBEAT) {
			heartbeat(runs);
			said = time(NULL);
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void show(FILE *output)
{
	char line[4096];

	rewind(output);
	while (fgets(line, sizeof(line), output))
		printf("# %s", line);
}

/* One seed, in a process of its own; what it prints goes to @output. */
static int run_seed(FILE *output, unsigned int runs, int (*run)(void))
{
	time_t since = time(NULL);
	int status;
	pid_t pid;

	fflush(stdout);
	stats_init();
	pid = fork();
	if (pid < 0) {
		perror("fork");
		return KSFT_FAIL;
	}
	if (!pid) {
		dup2(fileno(output), 1);
		stats_claim();
		exit(run());
	}
	status = wait_for(pid, runs);
	log_run(status, since);
	return status;
}

int soak(u64 seconds, u64 seeds, int (*run)(void))
{
	unsigned int runs;
	int status;
	bool failed;

	began = time(NULL);
	said = began;
	puts("TAP version 13\n1..1");
	for (runs = 0; (!seconds || time(NULL) - began < seconds) &&
	     (!seeds || runs < seeds); runs++, options.seed++) {
		FILE *output = tmpfile();

		if (!output) {
			perror("a temporary file");
			return KSFT_FAIL;
		}
		status = run_seed(output, runs, run);
		failed = status && status != KSFT_SKIP;
		if (failed) {
			printf("not ok 1 %s # seed=%#lx exit=%d after %u seeds\n",
			       NAME, options.seed, status, runs);
			show(output);
		}
		fclose(output);
		if (failed)
			return KSFT_FAIL;
	}
	heartbeat(runs);
	printf("ok 1 %s\n", NAME);
	return KSFT_PASS;
}
