/* SPDX-License-Identifier: GPL-2.0-only */
/* One vCPU, entered again and again until its guest is done. */
#ifndef SUITE_GUEST_LOOP_H
#define SUITE_GUEST_LOOP_H

#include <kvm_util.h>

/* What @enter returns to be called once more. */
#define GUEST_LOOP_AGAIN 1

/*
 * @enter:	KVM_RUN; returns 0, -errno or GUEST_LOOP_AGAIN.  NULL: nothing but that
 * @ring_full:	empties the vCPU's ring, or waits until somebody has
 * @answer:	true when it has dealt with an exit that is not the guest's last; or NULL
 * @data:	for these three
 */
struct guest_loop {
	struct kvm_vcpu *vcpu;
	int (*enter)(void *data);
	void (*ring_full)(void *data);
	bool (*answer)(void *data);
	void *data;
};

/*
 * Until the guest says that it is done (GUEST_SYNC).  False when it cannot go on: @why,
 * of @size bytes, says what happened.
 */
bool guest_loop(const struct guest_loop *l, char *why, size_t size);

#endif
