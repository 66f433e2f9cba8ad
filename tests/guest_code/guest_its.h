/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64's interrupt translation service (ITS), as a guest sets it up. */
#ifndef SUITE_GUEST_ITS_H
#define SUITE_GUEST_ITS_H

#include "guest_op.h"

/* What the tables consist of, each at a multiple of it. */
#define ITS_TABLE_BYTES 0x10000ull

#define ITS_COLLECTION 5

/*
 * @devices, @collections, @events, @pending: tables that KVM writes when it is
 *		told to save what it knows, as guest physical addresses
 * @config:	the table that it reads, of which only @lpi's byte counts
 * @commands:	the command queue, aligned like the tables
 * @commands_gva: where the guest sees it
 * @device, @event, @lpi: the one interrupt that there is
 */
struct its {
	u64 devices, collections, events, pending;
	u64 config;
	u64 commands, commands_gva;
	u32 device, event, lpi;
};

/* The op's value is the guest's address of a struct its. */
extern const struct guest_kind its_map;
extern const struct guest_kind its_unmap;

#endif
