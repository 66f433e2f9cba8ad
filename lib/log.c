// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls of the log. */
#include "log.h"
#include "report.h"
#include "words.h"

void (*log_ioctl)(bool begins);

/* An ioctl of the log, as whoever measures it sees it.  Returns 0 or -errno. */
static int measured_ioctl(struct testvm *t, unsigned long cmd, void *arg)
{
	int r;

	if (log_ioctl)
		log_ioctl(true);
	errno = 0;
	r = ioctl(t->vm->fd, cmd, arg);
	if (log_ioctl)
		log_ioctl(false);
	return r < 0 ? -errno : r;
}

int log_get(struct testvm *t, u32 slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return measured_ioctl(t, KVM_GET_DIRTY_LOG, &log);
}

int log_clear(struct testvm *t, u32 slot, u64 first, u32 num, void *bitmap)
{
	struct kvm_clear_dirty_log clear = {
		.slot = slot,
		.num_pages = num,
		.first_page = first,
		.dirty_bitmap = bitmap,
	};

	return measured_ioctl(t, KVM_CLEAR_DIRTY_LOG, &clear);
}

/* GET_DIRTY_LOG must write every word it owns: start from a pattern. */
static void get_dirty_log(struct testslot *s)
{
	int r;

	words_fill(s->log, 0xa5a5a5a5a5a5a5a5, align_up(s->npages, 64) / 64);
	r = log_get(s->t, s->id, s->log);
	if (r)
		report_fatal("ioctl KVM_GET_DIRTY_LOG failed errno=%d slot=%u",
			     -r, s->id);
}

/* The set is what KVM wrote; bits past the last page belong to nobody. */
static void take_bitmap(struct testslot *s)
{
	u64 extra = pageset_survey(&s->reported);

	if (extra)
		report_fail("tail bits=%#lx set slot=%u npages=%lu harvest=%lu",
			    extra, s->id, s->npages, s->t->nr_harvests);
}

void log_collect(struct testslot *s)
{
	get_dirty_log(s);
	take_bitmap(s);
}
