/* SPDX-License-Identifier: GPL-2.0-only */
/* What an op of the guest does to memslots: to their contents and their logs. */
#ifndef SUITE_SLOT_ACCOUNT_H
#define SUITE_SLOT_ACCOUNT_H

#include "memslot.h"

/*
 * @op has been done: the oracles and the expected contents of @t's memslots learn of
 * it.  Its address, where it went through t->second, becomes the memslot's.
 */
void slot_account_done(struct testvm *t, struct guest_op *op);

/*
 * @op is under way while the log is harvested.
 * @again: it was so at the last harvest, and nothing else has run since
 */
void slot_account_straddler(struct testvm *t, struct guest_op op, bool again);

#endif
