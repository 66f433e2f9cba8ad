/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctls of the log. */
#ifndef SUITE_LOG_H
#define SUITE_LOG_H

#include "memslot.h"

/* For who measures: called before and after each ioctl below; or NULL. */
extern void (*log_ioctl)(bool begins);

/* The log ioctls as KVM has them.  Return 0 or -errno. */
int log_get(struct testvm *t, u32 slot, void *bitmap);
int log_clear(struct testvm *t, u32 slot, u64 first, u32 num, void *bitmap);

/*
 * KVM_GET_DIRTY_LOG of @s into s->log, which is what s->reported consists of.
 * The test fails and ends when KVM refuses.
 */
void log_collect(struct testslot *s);

#endif
