// SPDX-License-Identifier: GPL-2.0-only
/* Results as JSON Lines: docs/performance.md describes them. */
#include "alloc.h"
#include "options.h"
#include "perf.h"

#ifdef __x86_64__
#define ARCH_NAME "x86"
#else
#define ARCH_NAME "arm64"
#endif

void result_init(struct result *r, const struct metric *m, u64 dirty_pages,
		 const char *key, const char *value)
{
	*r = (struct result) {
		.metric = m,
		.dirty_pages = dirty_pages,
		.key = key,
		.value = value,
	};
}

void result_add(struct result *r, double sample)
{
	if (r->nr == r->max) {
		r->max = 2 * r->max + 16;
		r->samples = alloc_grown(r->samples, r->max, sizeof(*r->samples));
	}
	r->samples[r->nr++] = sample;
}

/* Of a clock that counts instructions, a nanosecond is one. */
static const char *unit_of(const struct metric *m)
{
	if (!perf_options.icount)
		return m->unit;
	return m->higher ? "writes/Ginstr" : "instructions";
}

static void print_dimensions(FILE *f, const struct perf *p, const struct result *r)
{
	fprintf(f, "\"dimensions\":{\"arch\":\"%s\",\"subject\":\"%s\",\"mode\":\"%s\",",
		ARCH_NAME, p->t.subject->name, p->t.mode->name);
	fprintf(f, "\"vcpus\":%d,\"page_size\":%lu,\"slot_bytes\":%lu",
		p->t.nr_vcpus, p->t.page_size, p->bytes);
	if (r->dirty_pages)
		fprintf(f, ",\"dirty_pages\":%lu,\"density\":%.6g",
			r->dirty_pages, (double)r->dirty_pages / p->npages);
	if (perf_placement())
		fprintf(f, ",\"placement\":\"%s\"", perf_placement());
	if (r->key)
		fprintf(f, ",\"%s\":\"%s\"", r->key, r->value);
	fputs("},", f);
}

static void print_result(FILE *f, const struct perf *p, const struct result *r)
{
	const char *noise = perf_options.icount ? "[]" : environment_noise();
	unsigned int i;

	fprintf(f, "{\"schema\":\"gmem-dirty-perf/1\",\"test\":\"%s\",", report_test());
	fprintf(f, "\"metric\":\"%s\",\"unit\":\"%s\",\"better\":\"%s\",",
		r->metric->name, unit_of(r->metric),
		r->metric->higher ? "higher" : "lower");
	fputs("\"samples\":[", f);
	for (i = 0; i < r->nr; i++)
		fprintf(f, "%s%.10g", i ? "," : "", r->samples[i]);
	fputs("],", f);
	print_dimensions(f, p, r);
	fprintf(f, "\"comparable\":%s,\"noise\":%s,",
		strcmp(noise, "[]") ? "false" : "true", noise);
	fprintf(f, "\"environment\":%s}\n", environment_json());
}

static void append_to_file(const struct perf *p, const struct result *r)
{
	FILE *f = fopen(perf_options.out, "a");

	if (!f)
		report_fatal("--out %s cannot be written errno=%d",
			     perf_options.out, errno);
	print_result(f, p, r);
	if (fclose(f))
		report_fatal("--out %s cannot be written errno=%d",
			     perf_options.out, errno);
}

void perf_write(const struct perf *p, struct result *r)
{
	if (perf_options.out) {
		append_to_file(p, r);
	} else {
		fputs("# ", stdout);
		print_result(stdout, p, r);
		fflush(stdout);
	}
	free(r->samples);
}
