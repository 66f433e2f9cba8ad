// SPDX-License-Identifier: GPL-2.0-only
/* Run a function that may end its process. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

static bool in_child;

/*
 * Asked by the leak sanitizer.  A process that ends in the middle of its work
 * has leaked nothing, and the search takes longer than all the rest.
 */
int __lsan_is_turned_off(void)
{
	return in_child;
}

static void check(int result)
{
	if (result >= 0)
		return;
	perror("child");
	exit(1);
}

/* A file, not a pipe: nobody has to read while the child runs. */
static int make_file(void)
{
	int fd = memfd_create("child", MFD_CLOEXEC);

	check(fd);
	return fd;
}

static void read_file(char *buf, size_t size, int fd)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	check(n);
	buf[n] = 0;
	close(fd);
}

void child_run(struct child *c, void (*fn)(const void *arg), const void *arg)
{
	int out = make_file(), err = make_file(), status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	check(pid);
	if (!pid) {
		in_child = true;
		check(dup2(out, STDOUT_FILENO));
		check(dup2(err, STDERR_FILENO));
		fn(arg);
		fflush(NULL);
		_exit(0);
	}
	check(waitpid(pid, &status, 0));
	c->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	read_file(c->out, sizeof(c->out), out);
	read_file(c->err, sizeof(c->err), err);
}
