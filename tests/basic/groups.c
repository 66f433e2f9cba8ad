// SPDX-License-Identifier: GPL-2.0-only
/* For whom tests are: which subjects, in which log modes. */
#include "basic.h"

static bool has_userspace(const struct subject *s)
{
	return s->userspace;
}

static bool has_none(const struct subject *s)
{
	return !s->userspace;
}

static bool is_ordinary(const struct subject *s)
{
	return !s->private && !subject_is_gmem(s);
}

static bool is_small(const struct subject *s)
{
	return !s->huge_pages;
}

static bool has_fixed_pages(const struct subject *s)
{
	return s->whole_holes;
}

/* Every subject in every log mode. */
const struct variants for_logged = { };

/* What KVM writes itself goes through the memslot's mapping, if it has one. */
const struct variants for_reachable = { .subject = has_userspace };
const struct variants for_unreachable = { .subject = has_none };

/* Memslots that are not guest_memfd. */
const struct variants for_ordinary = { .subject = is_ordinary };

/* Memory that need not be written to be mapped. */
const struct variants for_small = { .subject = is_small };

/* One subject of guest_memfd and one besides, in every log mode. */
const struct variants for_typical = { .subject = subject_is_typical };

/* Memslots that KVM attaches as guest_memfd. */
const struct variants for_gmem = { .subject = subject_is_gmem };

/* Subjects in the log mode that has the interface under test. */
const struct variants for_clear = { .modes = BIT(LOG_CLEAR) };
const struct variants for_bitmap = { .modes = BIT(LOG_BITMAP) };
const struct variants for_ring = { .modes = BIT(LOG_RING) };
const struct variants for_rings = { .subject = is_small, .rings = true };

/* Memory that KVM can map huge. */
const struct variants for_huge = { .subject = subject_has_huge_pages };
const struct variants for_huge_bitmap = {
	.subject = subject_has_huge_pages,
	.modes = BIT(LOG_BITMAP),
};

/* Memslots of guest_memfd, logged or not. */
const struct variants for_plain = { .subject = subject_is_gmem, .no_mode = true };

/* VMs of a size of their own. */
const struct variants for_scale = {
	.subject = subject_is_typical,
	.modes = BIT(LOG_BITMAP) | BIT(LOG_RING),
	.own_vm = true,
};

const struct variants for_scale_clear = {
	.subject = subject_is_typical,
	.modes = BIT(LOG_CLEAR),
	.own_vm = true,
};

/* Of the subjects the one that is most like a page of 1G. */
const struct variants for_gigantic = { .subject = has_fixed_pages, .own_vm = true };
