/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest is told to do: one op is one access of one kind to one
 * address.  The host writes ops into a vCPU's mailbox, in memory that is not
 * logged, and runs the vCPU until it has done them.
 *
 * Host and guest share the program's image at the same addresses, so an op can
 * name its kind by pointer.
 */
#ifndef SUITE_GUEST_OP_H
#define SUITE_GUEST_OP_H

#include <kvm_util.h>

/*
 * @name:	as it appears in failures
 * @bytes:	how many bytes from the op's address on it touches
 * @align:	what that address must be a multiple of; 0 and 1 mean any
 * @guest:	the access; runs in the guest
 * @model:	does to a copy of the memory what @guest does to the memory;
 *		NULL when the kind writes nothing, or is @opaque
 * @opaque:	it writes, and what it writes is not modelled
 * @failed_write: it asks for write access and then writes nothing, such as a
 *		compare-and-swap that fails: EVENT_FAILED_WRITE
 * @copies:	its value is the distance in bytes from its address to the
 *		memory it copies from
 * @exits:	it leaves to userspace, and the test must answer
 * @prepare:	writes what must be at its address beforehand, or NULL
 * @missing:	why this CPU cannot do it, or NULL; asked before it is used, and
 *		may fill in @bytes when the CPU has a say in it
 */
struct guest_kind {
	const char *name;
	u32 bytes;
	u32 align;
	void (*guest)(u64 gva, u64 val);
	void (*model)(u8 *mem, u64 val);
	bool opaque, failed_write, copies, exits;
	const struct guest_kind *prepare;
	const char *(*missing)(struct guest_kind *kind);
};

struct guest_op {
	u64 gva;
	u64 val;
	u32 vcpu;
	const struct guest_kind *kind;
};

#define MAILBOX_OPS 1024

/*
 * @nr:		how many of @ops the guest is to do; written by the host
 * @done:	how many it has done; written by the guest
 */
struct mailbox {
	u64 nr;
	u64 done;
	struct guest_op ops[MAILBOX_OPS];
};

/* How the guest does an op: itself, or as guest_nested.h says. */
extern void (*guest_do)(const struct guest_op *op);
void guest_do_here(const struct guest_op *op);

/* The guest's program: do what the mailbox says, tell the host, again. */
void guest_main(struct mailbox *box);

extern const struct guest_kind no_op;
extern const struct guest_kind store_u64;
/* The same to memory that is read-only to the guest: it leaves as MMIO, and writes nothing. */
extern const struct guest_kind store_to_readonly;
extern const struct guest_kind increment_u64;
extern const struct guest_kind load_u64;
/* Its value is the distance to what it copies, see @copies. */
extern const struct guest_kind copy_u64;
/* Forget how the op's address is mapped, after its page tables have changed. */
extern const struct guest_kind flush_gva;

#endif
