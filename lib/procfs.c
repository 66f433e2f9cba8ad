// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel says in its files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"

bool procfs_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	bool good = f && fgets(buf, size, f);

	if (f)
		fclose(f);
	if (good)
		buf[strcspn(buf, "\n")] = 0;
	return good;
}

/* The value of @line, "name : value", if @field is its name. */
static char *value_of(char *line, const char *field)
{
	size_t len = strlen(field);
	char *colon = strchr(line, ':');

	if (!colon || strncmp(line, field, len) ||
	    strspn(line + len, "\t ") != colon - line - len)
		return NULL;
	return colon + 1 + strspn(colon + 1, " \t");
}

/* A CPU's flags are a line of any length. */
bool procfs_field(const char *path, const char *field, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *value = NULL;
	size_t room = 0;

	while (f && !value && getline(&line, &room, f) > 0)
		value = value_of(line, field);
	if (value)
		snprintf(buf, size, "%.*s", (int)strcspn(value, "\n"), value);
	free(line);
	if (f)
		fclose(f);
	return value;
}

u64 procfs_number(const char *path, u64 absent)
{
	char line[64], *end;
	u64 nr;

	if (!procfs_line(path, line, sizeof(line)))
		return absent;
	nr = strtoull(line, &end, 10);
	return end == line ? absent : nr;
}

u64 procfs_field_bytes(const char *path, const char *field)
{
	char value[64];

	return procfs_field(path, field, value, sizeof(value)) ?
		strtoull(value, NULL, 10) << 10 : 0;
}

bool procfs_flag(const char *path, bool absent)
{
	char line[64];

	if (!procfs_line(path, line, sizeof(line)))
		return absent;
	return line[0] == 'Y' || line[0] == '1';
}
