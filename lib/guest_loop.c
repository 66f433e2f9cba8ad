// SPDX-License-Identifier: GPL-2.0-only
/* One vCPU, entered again and again until its guest is done. */
#include <ucall_common.h>

#include "guest_loop.h"

static int enter(const struct guest_loop *l)
{
	if (l->enter)
		return l->enter(l->data);
	errno = 0;
	return _vcpu_run(l->vcpu) ? -errno : 0;
}

/* True when the guest is to be entered again, whatever it came out for. */
static bool goes_on(const struct guest_loop *l)
{
	if (l->vcpu->run->exit_reason != KVM_EXIT_DIRTY_RING_FULL)
		return l->answer && l->answer(l->data);
	l->ring_full(l->data);
	return true;
}

bool guest_loop(const struct guest_loop *l, char *why, size_t size)
{
	struct ucall uc;
	int r;

	do
		r = enter(l);
	while (r == GUEST_LOOP_AGAIN || (!r && goes_on(l)));
	if (r) {
		snprintf(why, size, "ioctl KVM_RUN failed errno=%d", -r);
		return false;
	}
	switch (get_ucall(l->vcpu, &uc)) {
	case UCALL_SYNC:
		return true;
	case UCALL_ABORT:
		snprintf(why, size, "guest assertion %s", uc.buffer);
		return false;
	default:
		snprintf(why, size, "unexpected exit=%s",
			 exit_reason_str(l->vcpu->run->exit_reason));
		return false;
	}
}
