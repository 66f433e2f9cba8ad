/* SPDX-License-Identifier: GPL-2.0-only */
/* The oracle on a recorded run (logmodel.h). */
#ifndef SUITE_LOGJUDGE_H
#define SUITE_LOGJUDGE_H

#include "logmodel.h"

/*
 * Which ops may excuse that a finished write is not in a harvest.
 *
 * @EXCUSE_UNDER_WAY: those under way when it began, as docs/oracle.md says
 * @EXCUSE_AROUND:	all that straddle it: more than there is a reason for
 * @EXCUSE_NONE:	none: less than a right log needs
 */
enum excuse { EXCUSE_UNDER_WAY, EXCUSE_AROUND, EXCUSE_NONE };

/*
 * What oracles that are told so say to each harvest of @r: lost and spurious
 * pages.
 */
void oracle_verdict(struct verdict *v, const struct run *r, enum excuse excuse);

#endif
