/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Known failures: what released kernels get wrong.  docs/findings.md has the
 * evidence for each.  A test that fails exactly as described there is reported
 * as XFAIL with the finding's name; any other failure of it is a failure.
 */
#ifndef SUITE_KNOWN_H
#define SUITE_KNOWN_H

#include "contract.h"

/*
 * @finding:	its heading in docs/findings.md
 * @tests:	extended glob (fnmatch(3)) of the dotted names of the tests that show it
 * @mmus:	where it happens
 * @failure:	glob of the failure text that it produces
 */
struct known {
	const char *finding;
	const char *tests;
	unsigned int mmus;
	const char *failure;
};

/*
 * The known failure that explains @failure of @test, or NULL.  With a NULL
 * @failure: the one that @test might have shown and did not.
 */
const struct known *known_failure(const char *test, const char *failure);

#endif
