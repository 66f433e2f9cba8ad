// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's log is governed by capabilities: those that come too late are refused and harm
 * nothing, and manual protection may come and go while memslots are logged.
 * kvm_vm_ioctl_enable_cap_generic() in virt/kvm/kvm_main.c.
 */
#include "basic.h"

/* Beside a memslot and a vCPU. */
static const struct late_cap {
	const char *what;
	u32 cap;
	u64 arg;
} late_caps[] = {
	{ "rings beside vCPUs", KVM_CAP_DIRTY_LOG_RING, 1 << 16 },
	{ "rings with barriers beside vCPUs", KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 1 << 16 },
	{ "rings of no power of two", KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 3 << 14 },
	{ "bitmaps for rings beside memslots", KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0 },
	{ "initially set without manual protection", KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
	  KVM_DIRTY_LOG_INITIALLY_SET },
	{ "unknown flag of manual protection", KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
	  KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE | 1 << 16 },
};

/* Where it is not refused, KVM's own state is not what it was: nothing goes on. */
static void enable_late(struct ctx *c, const struct late_cap *l)
{
	testvm_step(&c->t, "%s", l->what);
	if (!__vm_enable_cap(c->t.vm, l->cap, l->arg) || errno != EINVAL)
		report_fatal("capability %u errno=%d expected=EINVAL step=\"%s\"", l->cap,
			     errno, c->t.step);
}

BASIC_TEST(late_capabilities, logged)
{
	unsigned int i;

	attach(c, &(struct layout) { .npages = 70, .gfn = 1 });
	for (i = 0; i < ARRAY_SIZE(late_caps); i++) {
		write_picked(c, i % 2 ? pick_odd : pick_third);
		errno = 0;
		enable_late(c, &late_caps[i]);
		check_harvest(&c->t);
		write_picked(c, pick_every);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
}

static void protect_manually(struct ctx *c, bool on)
{
	testvm_step(&c->t, "manual protection %s", on ? "on" : "off");
	vm_enable_cap(c->t.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		      on ? KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE : 0);
	c->t.mode = &log_modes[on ? LOG_CLEAR : LOG_BITMAP];
}

/* What is dirty while it changes belongs to the harvest that follows. */
BASIC_TEST(manual_protection_changes, bitmap)
{
	int i;

	if (!kvm_check_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2))
		report_skip("no manual dirty log protect");
	attach(c, &large);
	write_picked(c, pick_every);
	for (i = 1; i <= 4; i++) {
		write_picked(c, pick_third);
		protect_manually(c, i % 2);
		write_picked(c, pick_odd);
		check_harvest(&c->t);
		write_picked(c, pick_every);
		check_harvest(&c->t);
		check_harvest(&c->t);
	}
	check_content(&c->t, true);
}
