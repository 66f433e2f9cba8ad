/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel says in its files, those of /proc and /sys. */
#ifndef SUITE_PROCFS_H
#define SUITE_PROCFS_H

#include "types.h"

/* The first line of the file, without its newline; false when there is none. */
bool procfs_line(const char *path, char *buf, size_t size);

/*
 * What stands behind "@field:" on a line of its own, as in /proc/meminfo and
 * /proc/cpuinfo: the first of them; false when there is none.
 */
bool procfs_field(const char *path, const char *field, char *buf, size_t size);

/* The number that the file begins with; @absent when there is none. */
u64 procfs_number(const char *path, u64 absent);

/* A number of KiB behind "@field:", in bytes; 0 when there is none. */
u64 procfs_field_bytes(const char *path, const char *field);

/* A module's boolean parameter, Y or N, 1 or 0; @absent when there is no such file. */
bool procfs_flag(const char *path, bool absent);

#endif
