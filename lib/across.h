/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether this machine's CPU itself does an access across pages right.
 *
 * An emulated one need not: TCG of QEMU 10 and 11 puts what some x87 instructions
 * store behind the first page's memory instead of into the second page
 * (docs/lab.md).  A VM's memory then is not what it must be, and KVM is not to
 * blame.  So the guest's own code is run here first, by an ordinary process on
 * its own memory: KVM has no part in it, and so no mistake of KVM's can make
 * the CPU look wrong.
 */
#ifndef SUITE_ACROSS_H
#define SUITE_ACROSS_H

#include "types.h"

/*
 * One way to write, as struct guest_kind has it.
 *
 * @write:	the access, at an address and with a value
 * @model:	does the same to a copy of the memory; NULL when nothing is
 *		written, or when it is @opaque
 * @bytes:	how many it touches, at most ACROSS_MAX_BYTES
 * @opaque:	it writes, and what is not known: then which bytes it writes
 *		must be the same as at the start of a page
 * @copies:	the value is the distance from its address to its source
 */
struct across_write {
	void (*write)(u64 addr, u64 val);
	void (*model)(u8 *mem, u64 val);
	u32 bytes;
	bool opaque, copies;
};

#define ACROSS_MAX_BYTES 11500

/*
 * False when the CPU gets @w wrong with the first @before bytes of it in one
 * page, 1 to the page's size, and the rest in the next, whose memory is
 * elsewhere.  True also when an ordinary process cannot do it (it got SIGSEGV,
 * SIGILL or SIGBUS), when it is larger than ACROSS_MAX_BYTES, or when there is
 * no memory to try it in: nothing is known against the CPU then.
 */
bool across_is_right(const struct across_write *w, u64 before);

/*
 * For the unit test: what is behind the page of @addr in memory, where @addr is
 * what a write is called with.
 */
u8 *across_behind(u64 addr);

#endif
