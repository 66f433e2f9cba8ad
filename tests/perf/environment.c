// SPDX-License-Identifier: GPL-2.0-only
/* What the numbers of a run depend on, and whether the machine is quiet. */
#include <dirent.h>
#include <sys/utsname.h>

#include "alloc.h"
#include "options.h"
#include "perf.h"
#include "procfs.h"

static char *json;
static size_t json_size;

static void put_string(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		if ((unsigned char)*s >= ' ')
			fputc(*s, f);
	}
	fputc('"', f);
}

/* An object's first member has no comma before it. */
static bool first_member;

static void put_name(FILE *f, const char *name)
{
	if (!first_member)
		fputc(',', f);
	first_member = false;
	put_string(f, name);
	fputc(':', f);
}

static void put_raw(FILE *f, const char *name, const char *value)
{
	put_name(f, name);
	put_string(f, value);
}

static void put_file(FILE *f, const char *name, const char *path)
{
	char line[512];

	if (procfs_line(path, line, sizeof(line)))
		put_raw(f, name, line);
}

static void put_field(FILE *f, const char *name, const char *path, const char *field)
{
	char value[256];

	if (procfs_field(path, field, value, sizeof(value)))
		put_raw(f, name, value);
}

/* Every file of a folder, as an object. */
static void put_folder(FILE *f, const char *name, const char *path)
{
	char file[512], line[512];
	struct dirent *d;
	DIR *dir = opendir(path);

	if (!dir)
		return;
	put_name(f, name);
	fputc('{', f);
	first_member = true;
	while ((d = readdir(dir))) {
		snprintf(file, sizeof(file), "%s/%s", path, d->d_name);
		if (d->d_name[0] != '.' && procfs_line(file, line, sizeof(line)))
			put_raw(f, d->d_name, line);
	}
	fputc('}', f);
	first_member = false;
	closedir(dir);
}

/* FNV-1a of the kernel's configuration as it gives it away, compressed. */
static void put_config(FILE *f)
{
	FILE *config = fopen("/proc/config.gz", "r");
	u64 hash = 14695981039346656037ull;
	char text[32];
	int c;

	if (!config)
		return;
	while ((c = fgetc(config)) != EOF)
		hash = (hash ^ (u8)c) * 1099511628211ull;
	fclose(config);
	snprintf(text, sizeof(text), "%016lx", hash);
	put_raw(f, "config", text);
}

static void put_command(FILE *f, int argc, char **argv)
{
	char command[4096] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < argc && len < sizeof(command); i++)
		len += snprintf(command + len, sizeof(command) - len, "%s%s",
				i ? " " : "", argv[i]);
	put_raw(f, "command", command);
}

static void put_extra(FILE *f, const char *extra)
{
	const char *eq = strchr(extra, '=');
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(eq - extra), extra);
	put_raw(f, name, eq + 1);
}

static const struct {
	const char *name, *path, *field;
} sources[] = {
	{ "kernel_build", "/proc/version", NULL },
	{ "kernel_command_line", "/proc/cmdline", NULL },
	{ "cpu", "/proc/cpuinfo", "model name" },
	{ "midr", "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", NULL },
	{ "microcode", "/proc/cpuinfo", "microcode" },
	{ "memory", "/proc/meminfo", "MemTotal" },
	{ "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", NULL },
	{ "smt", "/sys/devices/system/cpu/smt/control", NULL },
	{ "no_turbo", "/sys/devices/system/cpu/intel_pstate/no_turbo", NULL },
	{ "boost", "/sys/devices/system/cpu/cpufreq/boost", NULL },
};

static const struct {
	const char *name, *path;
} folders[] = {
	{ "mitigations", "/sys/devices/system/cpu/vulnerabilities" },
	{ "kvm", "/sys/module/kvm/parameters" },
	{ "kvm_amd", "/sys/module/kvm_amd/parameters" },
	{ "kvm_intel", "/sys/module/kvm_intel/parameters" },
};

void environment_init(int argc, char **argv, const char *const *extra,
		      unsigned int nr_extra)
{
	FILE *f = alloc_checked(open_memstream(&json, &json_size));
	struct utsname uts;
	unsigned int i;

	uname(&uts);
	fputc('{', f);
	first_member = true;
	put_raw(f, "kernel", uts.release);
	put_config(f);
	for (i = 0; i < ARRAY_SIZE(sources); i++) {
		if (sources[i].field)
			put_field(f, sources[i].name, sources[i].path, sources[i].field);
		else
			put_file(f, sources[i].name, sources[i].path);
	}
	for (i = 0; i < ARRAY_SIZE(folders); i++)
		put_folder(f, folders[i].name, folders[i].path);
	put_command(f, argc, argv);
	for (i = 0; i < nr_extra; i++)
		put_extra(f, extra[i]);
	fprintf(f, ",\"clock\":\"%s\",\"cpus\":%ld,\"pinned\":%s",
		perf_options.icount ? "instructions" : "time",
		sysconf(_SC_NPROCESSORS_ONLN),
		perf_options.nr_cpus ? "true" : "false");
	fclose(f);
}

const char *environment_json(void)
{
	static char text[16384];

	snprintf(text, sizeof(text), "%s,\"seed\":%lu}", json, options.seed);
	return text;
}

/* Ticks that a hypervisor below this machine took from it. */
static u64 steal_ticks(void)
{
	char line[256];
	u64 steal = 0;

	if (procfs_line("/proc/stat", line, sizeof(line)))
		sscanf(line, "cpu %*u %*u %*u %*u %*u %*u %*u %lu", &steal);
	return steal;
}

static bool file_says(const char *path, const char *what)
{
	char line[64];

	return procfs_line(path, line, sizeof(line)) && !strcmp(line, what);
}

static bool file_denies(const char *path, const char *what)
{
	char line[64];

	return procfs_line(path, line, sizeof(line)) && strcmp(line, what);
}

static bool is_virtual(void)
{
	char flags[4096];

	return procfs_field("/proc/cpuinfo", "flags", flags, sizeof(flags)) &&
	       strstr(flags, " hypervisor");
}

/* Without cpufreq nobody can tell what the clock does. */
static bool clock_unknown(void)
{
	return access("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", R_OK);
}

const char *environment_noise(void)
{
	static u64 last_steal;
	static char text[256];
	u64 steal = steal_ticks();
	bool stolen = steal != last_steal;
	const struct {
		bool noisy;
		const char *reason;
	} checks[] = {
		{ is_virtual(), "virtual machine" },
		{ stolen, "steal time" },
		{ clock_unknown(), "unknown clock" },
		{ file_denies("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
			      "performance"), "governor" },
		{ file_says("/sys/devices/system/cpu/intel_pstate/no_turbo", "0") ||
		  file_says("/sys/devices/system/cpu/cpufreq/boost", "1"), "turbo" },
		{ file_says("/sys/devices/system/cpu/smt/active", "1"), "smt" },
		{ !perf_options.nr_cpus, "not pinned" },
	};
	size_t len = 0;
	unsigned int i;

	last_steal = steal;
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i].noisy)
			len += snprintf(text + len, sizeof(text) - len, "%s\"%s\"",
					len ? "," : "[", checks[i].reason);
	snprintf(text + len, sizeof(text) - len, len ? "]" : "[]");
	return text;
}
