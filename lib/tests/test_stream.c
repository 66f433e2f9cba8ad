// SPDX-License-Identifier: GPL-2.0-only
/* stream.h: ops stay where they belong, and come out the same each time. */
#include <string.h>

#include "stream.h"
#include "unit.h"

#define PAGE 4096
#define NPAGES 70
#define NR_OPS 20000
/* Nobody's byte. */
#define FREE 0xff

static const struct stream_kind kinds[] = {
	{ .bytes = 1, .align = 1 },
	{ .bytes = 8, .align = 1 },
	/* Writes from here on. */
	{ .bytes = 1, .align = 1 },
	{ .bytes = 8, .align = 1 },
	{ .bytes = 16, .align = 16 },
	{ .bytes = 64, .align = 1 },
	{ .bytes = 64, .align = 8 },
	{ .bytes = 300, .align = 1 },
	{ .bytes = 100, .align = 1, .copies = true },
};

#define NR_READS 2

static u8 owner[NPAGES * PAGE];

/* More than the tables of tests/guest_code have, as if a CPU could do it all. */
#define MANY_KINDS 200

static struct stream *make(u32 vcpu, u32 nr_vcpus, u64 npages)
{
	struct stream *s = calloc(1, sizeof(*s) + MANY_KINDS * sizeof(s->kinds[0]));
	u32 lane = stream_lane_bytes(PAGE, nr_vcpus), i;

	if (!s)
		exit(1);
	s->seed = stream_seed(1, vcpu);
	s->npages = npages;
	s->page_size = PAGE;
	s->vcpu = vcpu;
	s->nr_vcpus = nr_vcpus;
	s->crosses = true;
	s->alt = 1;
	s->nr_reads = NR_READS;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (stream_fits(&kinds[i], lane))
			s->kinds[s->nr_kinds++] = kinds[i];
	return s;
}

/* True when the bytes from @at on are @vcpu's, who takes them if they are free. */
static bool take(u64 at, u64 bytes, u8 vcpu)
{
	for (; bytes; bytes--, at++) {
		if (at >= sizeof(owner) || (owner[at] != FREE && owner[at] != vcpu))
			return false;
		owner[at] = vcpu;
	}
	return true;
}

static bool op_is_right(const struct stream *s, const struct stream_op *op,
			u64 *crossed)
{
	const struct stream_kind *k = &s->kinds[op->kind];
	u64 at = op->page * PAGE + op->at;

	*crossed += stream_pages(s, op) == 2;
	if (op->page >= s->npages || at % k->align ||
	    at + k->bytes > s->npages * PAGE)
		return false;
	if (k->copies && (op->at + op->val > op->at ||
			  op->at + op->val + k->bytes > op->at ||
			  !take(at + op->val, k->bytes, s->vcpu)))
		return false;
	return op->kind < s->nr_reads || take(at, k->bytes, s->vcpu);
}

/* No byte is written by two vCPUs, and every kind and page has its turn. */
static void test_lanes(u32 nr_vcpus, u64 npages)
{
	u64 used_pages[NPAGES] = { }, used_kinds[ARRAY_SIZE(kinds)] = { };
	u64 n, i, crossed = 0, wrong = 0, missed = 0;
	u32 vcpu, nr_kinds = 0;
	struct stream *s;

	memset(owner, FREE, sizeof(owner));
	for (vcpu = 0; vcpu < nr_vcpus; vcpu++) {
		s = make(vcpu, nr_vcpus, npages);
		nr_kinds = s->nr_kinds;
		for (n = 0; n < NR_OPS; n++) {
			struct stream_op op = stream_op(s, n);

			if (!op_is_right(s, &op, &crossed)) {
				wrong++;
				continue;
			}
			used_pages[op.page]++;
			used_kinds[op.kind]++;
		}
		free(s);
	}
	for (i = 0; i < npages; i++)
		missed += !used_pages[i];
	for (i = 0; i < nr_kinds; i++)
		missed += !used_kinds[i];
	ok(!wrong, "%u vCPUs, %lu pages: %lu ops out of place", nr_vcpus, npages, wrong);
	ok(!missed && crossed, "%u vCPUs, %lu pages: %lu pages or kinds unused, %lu ops cross",
	   nr_vcpus, npages, missed, crossed);
}

static void test_again(void)
{
	struct stream *a = make(0, 2, NPAGES), *b = make(1, 2, NPAGES);
	u64 n, same = 0, differ = 0;

	for (n = 0; n < 1000; n++) {
		struct stream_op x = stream_op(a, n), y = stream_op(a, n);
		struct stream_op z = stream_op(b, n);

		same += x.page == y.page && x.at == y.at && x.kind == y.kind &&
			x.val == y.val && x.alt == y.alt;
		differ += x.page != z.page || x.at != z.at || x.val != z.val;
	}
	ok(same == 1000, "an op is the same when it is drawn again");
	ok(differ == 1000, "another vCPU has other ops");
	free(a);
	free(b);
}

/*
 * Few pages, so that they stay in a TLB, the ends of the memslot among them; every
 * other stretch none of the first half.
 */
static void test_hot(void)
{
	u64 n, used[NPAGES] = { }, nr = 0, early = 0;
	struct stream *s = make(0, 2, NPAGES);

	s->hot = true;
	s->crosses = false;
	for (n = 0; n < NR_OPS; n++) {
		struct stream_op op = stream_op(s, n);

		nr += !used[op.page]++;
		early += n & STREAM_STRETCH && op.page < NPAGES / 2;
	}
	ok(nr == STREAM_HOT && used[0] && used[NPAGES - 1],
	   "hot: %lu pages, first %lu and last %lu times", nr, used[0],
	   used[NPAGES - 1]);
	ok(!early, "hot: in every other stretch %lu in the first half", early);
	free(s);
}

/* However many there are, each has its turn. */
static void test_many_kinds(void)
{
	u64 n, used[MANY_KINDS] = { }, missed = 0;
	struct stream *s = make(0, 1, NPAGES);
	u32 i;

	while (s->nr_kinds < MANY_KINDS)
		s->kinds[s->nr_kinds++] = kinds[NR_READS];
	for (n = 0; n < NR_OPS; n++)
		used[stream_op(s, n).kind]++;
	for (i = 0; i < MANY_KINDS; i++)
		missed += !used[i];
	ok(!missed, "%u kinds: %lu unused", MANY_KINDS, missed);
	free(s);
}

int main(void)
{
	static const u32 vcpus[] = { 1, 2, 3, 8, 31 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vcpus); i++) {
		test_lanes(vcpus[i], NPAGES);
		test_lanes(vcpus[i], 64);
	}
	test_again();
	test_hot();
	test_many_kinds();
	return unit_end();
}
