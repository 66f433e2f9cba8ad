/* SPDX-License-Identifier: GPL-2.0-only */
/* What a function does that may end its process: its status and its output. */
#ifndef SUITE_CHILD_H
#define SUITE_CHILD_H

/* @status: the exit status, or 128 and the signal */
struct child {
	int status;
	char out[4096], err[4096];
};

/* Call @fn in a process of its own; to return from it is to exit with 0. */
void child_run(struct child *c, void (*fn)(const void *arg), const void *arg);

#endif
