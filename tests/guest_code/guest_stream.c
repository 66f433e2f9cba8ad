// SPDX-License-Identifier: GPL-2.0-only
/* Op streams: the guest draws its ops itself and says how far it is. */
#include "guest_stream.h"

/*
 * The host reads both counters while this runs.  What it concludes holds only
 * if an access falls between the two: a full barrier on arm64; x86 does not
 * reorder stores, and a load that KVM notices is an exit, which orders.
 */
static inline void access_barrier(void)
{
#ifdef __aarch64__
	asm volatile("dmb ish" : : : "memory");
#else
	asm volatile("" : : : "memory");
#endif
}

/*
 * The guest waits for about as long as the host needs for a harvest, without an
 * exit, which may flush its TLB: so no PAUSE either, which KVM intercepts.  Then
 * it leaves the CPU to others.
 */
#define PATIENCE 300000

static bool may_go_on(struct stream *s, u64 n)
{
	int i;

	for (i = 0; i < PATIENCE && n >= READ_ONCE(s->limit); i++)
		if (READ_ONCE(s->stop))
			break;
	return n < READ_ONCE(s->limit) && !READ_ONCE(s->stop);
}

static void guest_run_stream(u64 gva, u64 val)
{
	struct stream *s = (void *)gva;
	struct stream_op op;
	u64 n;

	for (n = s->done; may_go_on(s, n); n++) {
		op = stream_op(s, n);
		WRITE_ONCE(s->started, n + 1);
		access_barrier();
		s->kinds[op.kind].guest(stream_gva(s, &op), op.val);
		access_barrier();
		WRITE_ONCE(s->done, n + 1);
	}
}

const struct guest_kind run_stream = {
	.name = "run_stream",
	.guest = guest_run_stream,
};

static void guest_checksum_page(u64 gva, u64 val)
{
	struct checksum_request *r = (void *)val;

	WRITE_ONCE(r->sum, page_checksum((void *)gva, r->bytes));
}

const struct guest_kind checksum_page = {
	.name = "checksum_page",
	.bytes = 8,
	.guest = guest_checksum_page,
};
