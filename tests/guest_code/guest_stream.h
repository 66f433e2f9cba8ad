/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest's side of op streams (lib/stream.h). */
#ifndef SUITE_GUEST_STREAM_H
#define SUITE_GUEST_STREAM_H

#include "guest_op.h"
#include "stream.h"

/* An op whose address is that of a struct stream: do what it says. */
extern const struct guest_kind run_stream;

/*
 * An op whose address is that of a page, and whose value that of a u64 which
 * gets the page's checksum, see page_checksum().
 */
extern const struct guest_kind checksum_page;

/* Over 64-bit words; depends on where in the page each one is. */
static inline u64 page_checksum(const void *page, u64 bytes)
{
	const u64 *words = page;
	u64 sum = 0, i;

	for (i = 0; i < bytes / sizeof(*words); i++)
		sum = (sum ^ words[i]) * RNG_STEP + (sum >> 29);
	return sum;
}

/* What an op asks for when the page's size is not the guest's to know. */
struct checksum_request {
	u64 bytes;
	u64 sum;
};

#endif
