// SPDX-License-Identifier: GPL-2.0-only
/* The interrupt translation service. */
#include <kvm_util.h>

#include <gic.h>
#include <gic_v3_its.h>

#include "guest_its.h"

static void guest_its_map(u64 gva, u64 val)
{
	const struct its *its = (struct its *)val;
	void *queue = (void *)its->commands_gva;

	gic_rdist_enable_lpis(its->config, ITS_TABLE_BYTES, its->pending);
	its_init(its->collections, ITS_TABLE_BYTES, its->devices,
		 ITS_TABLE_BYTES, its->commands, SZ_4K);
	its_send_mapc_cmd(queue, 0, ITS_COLLECTION, true);
	its_send_mapd_cmd(queue, its->device, its->events, ITS_TABLE_BYTES, true);
	its_send_mapti_cmd(queue, its->device, its->event, ITS_COLLECTION,
			   its->lpi);
}

static void guest_its_unmap(u64 gva, u64 val)
{
	const struct its *its = (struct its *)val;

	its_send_mapd_cmd((void *)its->commands_gva, its->device, its->events,
			  ITS_TABLE_BYTES, false);
}

const struct guest_kind its_map = {
	.name = "its_map",
	.guest = guest_its_map,
};

const struct guest_kind its_unmap = {
	.name = "its_unmap",
	.guest = guest_its_unmap,
};
