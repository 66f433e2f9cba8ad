// SPDX-License-Identifier: GPL-2.0-only
/* procfs.c on files as the kernel has them, and on others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"
#include "unit.h"

static char path[32] = "/tmp/test_procfs.XXXXXX";
static char buf[64];

static void file_is(const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void test_line(void)
{
	file_is("first\nsecond\n");
	ok(procfs_line(path, buf, sizeof(buf)) && !strcmp(buf, "first"), "the first line");
	file_is("no newline");
	ok(procfs_line(path, buf, sizeof(buf)) && !strcmp(buf, "no newline"), "no newline");
	file_is("");
	ok(!procfs_line(path, buf, sizeof(buf)), "an empty file has no line");
	ok(!procfs_line("/nowhere", buf, sizeof(buf)), "no file has no line");
}

static bool field_is(const char *field, const char *value)
{
	if (!value)
		return !procfs_field(path, field, buf, sizeof(buf));
	return procfs_field(path, field, buf, sizeof(buf)) && !strcmp(buf, value);
}

static void test_field(void)
{
	file_is("MemTotalHuge: 1 kB\nMemTotal:   24 kB\nmodel\t\t: 7\nmodel name\t: A CPU: fast\n"
		"MemTotal: 25 kB\nempty:\n");
	ok(field_is("MemTotal", "24 kB"), "the first of two, and not what begins like it");
	ok(field_is("model", "7"), "a name that another one begins with");
	ok(field_is("model name", "A CPU: fast"), "a value with a colon");
	ok(field_is("empty", ""), "no value");
	ok(field_is("kB", NULL), "what is no name");
	ok(procfs_field_bytes(path, "MemTotal") == 24 << 10, "KiB are bytes");
	ok(!procfs_field_bytes(path, "Mem"), "a field that is not there has none");
}

/* The flags of a CPU take more than a kilobyte. */
static void test_long_line(void)
{
	static char text[5000], value[5000];

	memset(text, 'x', 4000);
	memcpy(text, "flags : ", 8);
	memcpy(text + 4000, " last\n", 7);
	file_is(text);
	ok(procfs_field(path, "flags", value, sizeof(value)) && strstr(value, " last"),
	   "the end of a long line");
}

static void test_number(void)
{
	file_is("12345\n");
	ok(procfs_number(path, 7) == 12345, "a number");
	file_is("many\n");
	ok(procfs_number(path, 7) == 7, "a word is no number");
	ok(procfs_number("/nowhere", 7) == 7, "no file, no number");
}

static void test_flag(void)
{
	file_is("Y\n");
	ok(procfs_flag(path, false), "Y");
	file_is("1\n");
	ok(procfs_flag(path, false), "1");
	file_is("N\n");
	ok(!procfs_flag(path, true), "N");
	file_is("0\n");
	ok(!procfs_flag(path, true), "0");
	ok(procfs_flag("/nowhere", true) && !procfs_flag("/nowhere", false), "no file");
}

int main(void)
{
	int fd = mkstemp(path);

	if (fd < 0) {
		perror(path);
		return 1;
	}
	close(fd);
	test_line();
	test_field();
	test_long_line();
	test_number();
	test_flag();
	unlink(path);
	return unit_end();
}
