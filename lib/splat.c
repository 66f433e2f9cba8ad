// SPDX-License-Identifier: GPL-2.0-only
/* Did the kernel complain? */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "procfs.h"
#include "splat.h"

static int kmsg = -1;

/* Every test is a process of its own: what one has seen is not news to the next. */
static struct {
	bool marked;
	unsigned long taint;
} *seen;

/* How reports of the kernel's debugging aids begin (lib/bug.c, mm/kasan/...). */
static const char * const openings[] = {
	"WARNING: ", "BUG", "kernel BUG at ", "Oops", "rcu: INFO: ",
	"INFO: task ", "INFO: trying to register ", "UBSAN: ", "KFENCE: ",
	"general protection fault", "Unable to handle kernel ",
	"Internal error: ", "Kernel panic ", "watchdog: BUG", "watchdog: CPU",
	"------------[ cut here ]------------",
};

bool splat_is_splat(const char *line)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(openings); i++)
		if (!strncmp(line, openings[i], strlen(openings[i])))
			return true;
	return false;
}

static unsigned long read_taint(void)
{
	return procfs_number("/proc/sys/kernel/tainted", 0);
}

/*
 * WARN_ON_ONCE() and the like speak once in a boot, unless they are told to forget
 * it (clear_warn_once_set() in kernel/panic.c).
 */
static void forget_warnings(void)
{
	int fd = open("/sys/kernel/debug/clear_warn_once", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		fputs("# /sys/kernel/debug/clear_warn_once cannot be written\n", stdout);
	close(fd);
}

static bool share(void)
{
	void *map;

	if (seen)
		return true;
	map = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return false;
	seen = map;
	return true;
}

/* True, once, when there is taint that nobody has seen. */
static bool new_taint(char *buf, size_t size)
{
	unsigned long now = read_taint(), was;

	if (!seen || !seen->marked)
		return false;
	was = seen->taint;
	seen->taint = now;
	if (now == was)
		return false;
	snprintf(buf, size, "the kernel became tainted: %#lx, was %#lx", now, was);
	return true;
}

bool splat_mark(void)
{
	if (!share())
		return false;
	seen->taint = read_taint();
	seen->marked = true;
	forget_warnings();
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
	return kmsg >= 0;
}

/* One record is "level,sequence,time,flags;text\n" and one read() returns one. */
static bool read_splat(char *buf, size_t size)
{
	char record[2048], *text;
	bool found = false;
	ssize_t n;

	/* To the end: what is left would be taken for another test's. */
	for (;;) {
		n = read(kmsg, record, sizeof(record) - 1);
		if (n < 0 && errno == EPIPE)
			continue; /* overwritten meanwhile: go on with the oldest */
		if (n <= 0)
			return found;
		record[n] = 0;
		text = strchr(record, ';');
		if (found || !text || !splat_is_splat(text + 1))
			continue;
		/* The "cut here" line says nothing; the next one does. */
		if (text[1] == '-')
			continue;
		text[1 + strcspn(text + 1, "\n")] = 0;
		snprintf(buf, size, "%s", text + 1);
		found = true;
	}
}

bool splat_check(char *buf, size_t size)
{
	char taint[96];
	bool tainted = new_taint(taint, sizeof(taint));

	if (kmsg >= 0 && read_splat(buf, size))
		return true;
	if (tainted)
		snprintf(buf, size, "%s", taint);
	return tainted;
}
