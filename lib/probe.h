/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether there is a KVM here, and whether it runs guests. */
#ifndef SUITE_PROBE_H
#define SUITE_PROBE_H

#include "types.h"

/* 0, or the errno of opening /dev/kvm. */
int probe_device(void);

/*
 * Run a trivial guest, in a process of its own.  False with why it does not run
 * in @why: how KVM_RUN ended or failed, what libkvm complained of, or that
 * nothing came of it in PROBE_SECONDS.
 */
bool probe_guest(char *why, size_t size);

#define PROBE_SECONDS 60

#endif
