/* SPDX-License-Identifier: GPL-2.0-only */
/* The threads that the vCPUs of a live VM run on. */
#ifndef STRESS_VCPU_H
#define STRESS_VCPU_H

#include <sched.h>

#include "live.h"

/* What no vCPU may need between two ops, in seconds, on the slowest machine. */
#define VCPU_PATIENCE 30

/* The CPUs that this process may use, as whoever started it said. */
void vcpu_cpus(cpu_set_t *set);

void vcpu_thread_start(struct live_vcpu *v);
/* Move it to those of @cpus that this process may use, if there is one. */
void vcpu_thread_pin(struct live_vcpu *v, const cpu_set_t *cpus);
/* All of them enter their guests, which go on in their streams. */
void vcpu_threads_go(struct live *l);
/* They are to stop between two ops. */
void vcpu_threads_stop(struct live *l);
/* They end; the guests must have stopped. */
void vcpu_threads_end(struct live *l);

enum live_state vcpu_thread_state(struct live_vcpu *v);

/* Is it in KVM_RUN?  Out of it nothing that its guest has written is in a buffer. */
bool vcpu_thread_inside(struct live_vcpu *v);
/*
 * Have all vCPUs leave KVM_RUN, as Documentation/virt/kvm/api.rst has it for rings, and
 * stay out until vcpu_threads_in().  A guest may be in the middle of an op.
 */
void vcpu_threads_out(struct live *l);
void vcpu_threads_in(struct live *l);

/*
 * echo.c: around the protection of pages that are in the vCPUs' TLBs, and the ops that
 * follow it: counts how many vCPUs wrote, after it, to a page that @echoes, or to any
 * page for NULL, and how many of these had not left their guests.
 */
void echo_begins(struct live *l);
void echo_ends(struct live *l, bool (*echoes)(struct live *l, u64 page));

/*
 * Wait until the vCPU has done the ops below @n, or does nothing: its ring is
 * full, or it was stopped.  A vCPU that should and does not for VCPU_PATIENCE
 * seconds fails the test, with its registers.
 */
void vcpu_wait_done(struct live_vcpu *v, u64 n);
/* Wait until it has stopped; false when its ring is full and it cannot. */
bool vcpu_wait_stopped(struct live_vcpu *v);

#endif
