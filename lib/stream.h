/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Op streams: what a vCPU does is drawn from its seed, op by op, so the guest
 * needs no list and the host no log: both can draw op n whenever they want.
 *
 * Nothing here uses libc or libkvm: guests run it, and unit tests.
 */
#ifndef SUITE_STREAM_H
#define SUITE_STREAM_H

#include "rng.h"

/* Pages that most ops go to, spread over the memslot. */
#define STREAM_HOT 16
/* How many ops in a row go to these alone; a power of two. */
#define STREAM_STRETCH 512
/* Bytes on either side of a page boundary that belong to one vCPU. */
#define STREAM_EDGE 64

/* What the guest needs to know of a struct guest_kind, fixed before it runs. */
struct stream_kind {
	void (*guest)(u64 gva, u64 val);
	u32 bytes, align;
	bool copies;
};

/*
 * The program of one vCPU, in guest memory that is not logged.
 *
 * @started, @done: ops begun and finished; written by the guest, in this order
 *		around each access
 * @limit:	the guest waits, and then leaves, when it has done so many
 * @stop:	it leaves when this is set; both are the host's to change at any
 *		time
 * @gva, @alt:	where the guest sees the memslot's first page, and where else
 *		it looks for it; 0 means nowhere else
 * @crosses:	some ops begin in one page and end in the next
 * @spread:	all pages are as likely; else most ops meet on STREAM_HOT of them
 * @hot:	none goes anywhere else, but for ops that cross
 * @page_size:	of the host, the unit of the log
 * @nr_reads:	kinds[0 .. @nr_reads) only read, the others, up to @nr_kinds,
 *		write; there is room for as many as whoever allocated it wanted
 */
struct stream {
	u64 started __aligned(64);
	u64 done __aligned(64);
	u64 limit __aligned(64);
	u32 stop;
	u64 seed;
	u64 gva, alt;
	u64 npages;
	u32 page_size;
	u32 vcpu, nr_vcpus;
	bool crosses, spread, hot;
	u32 nr_reads, nr_kinds;
	struct stream_kind kinds[];
};

/* Op @page, byte @at of it, from @bytes of kind kinds[@kind]. */
struct stream_op {
	u32 kind;
	bool alt;
	u64 page;
	u32 at;
	u64 val;
};

/* The seed of one vCPU's stream, from that of the run. */
static inline u64 stream_seed(u64 seed, u32 vcpu)
{
	struct rng r = { seed ^ ((u64)(vcpu + 1) << 32) };

	return rng_u64(&r);
}

/*
 * The part of every page that only @vcpu writes to, for what stays within a
 * page: so many bytes, a multiple of STREAM_EDGE.
 */
static inline u32 stream_lane_bytes(u32 page_size, u32 nr_vcpus)
{
	return (page_size - 2 * STREAM_EDGE) / nr_vcpus / STREAM_EDGE * STREAM_EDGE;
}

/* Can lanes of @lane bytes hold ops of @k?  A copy has its source there too. */
static inline bool stream_fits(const struct stream_kind *k, u32 lane)
{
	u32 bytes = (k->bytes + k->align - 1) / k->align * k->align;

	return bytes * (k->copies ? 2 : 1) <= lane;
}

/* The vCPU's own pages: those whose edges are. */
static inline u64 stream_own_page(const struct stream *s, u64 page)
{
	page = page - page % s->nr_vcpus + s->vcpu;
	return page < s->npages ? page : s->vcpu % s->npages;
}

/* The @i-th of the hot pages; the first and the last page are among them. */
static inline u64 stream_hot_page(u64 npages, u64 i)
{
	return i * (npages - 1) / (STREAM_HOT - 1);
}

/*
 * The choices of one op, from one random number.
 *
 * @page, @kind: of as many as there are, to be taken modulo
 * @far:	to any page, one in four; @own: of these to one of the vCPU's own
 * @cross:	from one page into the next, one in 16
 * @alt:	through the second mapping, where there is one
 */
struct stream_draw {
	u64 page, kind;
	bool far, own, cross, alt;
};

static inline struct stream_draw stream_draw(u64 r)
{
	return (struct stream_draw) {
		.own = !(r & 1),
		.far = (r >> 1 & 3) == 3,
		.page = r >> 8,
		.cross = !(r >> 35 & 15),
		.alt = r >> 39 & 1,
		.kind = r >> 40,
	};
}

/*
 * Every other stretch of ops stays on the hot pages, and so in the TLB: one
 * access to another page that is write-protected is an exit, and may flush it.
 * Where there are none but hot pages, on the latter half of them.
 */
static inline u64 stream_page(const struct stream *s, u64 n, const struct stream_draw *d)
{
	u64 page = d->page % s->npages, hot = d->page % STREAM_HOT;

	if (s->spread)
		return page;
	if (!s->hot && !(n & STREAM_STRETCH) && d->far)
		return d->own ? stream_own_page(s, page) : page;
	/* Nothing for the first words of the log. */
	if (s->hot && n & STREAM_STRETCH)
		hot |= STREAM_HOT / 2;
	return stream_hot_page(s->npages, hot);
}

/* One in four reads. */
static inline u32 stream_kind(const struct stream *s, u64 draw)
{
	if (draw % 4)
		return s->nr_reads + draw / 4 % (s->nr_kinds - s->nr_reads);
	return draw / 4 % s->nr_reads;
}

/* Within the vCPU's lane of any page. */
static inline void stream_place(const struct stream *s, struct stream_op *op,
				u64 r)
{
	const struct stream_kind *k = &s->kinds[op->kind];
	u32 lane = stream_lane_bytes(s->page_size, s->nr_vcpus);
	u32 start = STREAM_EDGE + s->vcpu * lane;
	u32 bytes = (k->bytes + k->align - 1) / k->align * k->align;

	if (k->copies) {
		/* From the first half of the lane into the second. */
		op->at = start + lane / 2 + r % (lane / 2 - bytes + 1) / k->align * k->align;
		op->val = (u64)start - op->at;
		return;
	}
	op->at = start + r % (lane - bytes + 1) / k->align * k->align;
}

/*
 * Across the end of a page whose edge is the vCPU's, for kinds that may; the
 * page changes to one that is.
 */
static inline bool stream_cross(const struct stream *s, struct stream_op *op,
				u64 r)
{
	const struct stream_kind *k = &s->kinds[op->kind];
	u64 page = stream_own_page(s, op->page);

	if (!s->crosses || k->copies || k->bytes > STREAM_EDGE || k->bytes / k->align < 2 ||
	    page + 1 >= s->npages)
		return false;
	op->page = page;
	op->at = s->page_size - k->align * (1 + r % (k->bytes / k->align - 1));
	return true;
}

/* Op @n of the stream: the same to everyone who asks. */
static inline struct stream_op stream_op(const struct stream *s, u64 n)
{
	struct rng rng = { s->seed + 2 * n * RNG_STEP };
	struct stream_draw d = stream_draw(rng_u64(&rng));
	struct stream_op op = {
		.kind = stream_kind(s, d.kind),
		.alt = s->alt && d.alt,
		.page = stream_page(s, n, &d),
		.val = rng_u64(&rng),
	};

	if (!d.cross || !stream_cross(s, &op, op.val >> 32))
		stream_place(s, &op, op.val >> 32);
	return op;
}

/* How many pages the op touches: 1 or 2. */
static inline u32 stream_pages(const struct stream *s, const struct stream_op *op)
{
	return (op->at + s->kinds[op->kind].bytes - 1) / s->page_size + 1;
}

static inline u64 stream_gva(const struct stream *s, const struct stream_op *op)
{
	return (op->alt ? s->alt : s->gva) + op->page * s->page_size + op->at;
}

#endif
