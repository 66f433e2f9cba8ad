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
 * @failure:	extended glob of the failures that it produces
 * @splat:	glob of the kernel's own complaint that comes with it, or NULL
 */
struct known {
	const char *finding;
	const char *tests;
	unsigned int mmus;
	const char *failure;
	const char *splat;
};

/*
 * The known failure that explains @failure of @test, or NULL.  With a NULL
 * @failure: the one that @test might have shown and did not.
 */
const struct known *known_failure(const char *test, const char *failure);

/* Does a known failure of @test come with the kernel's complaint @splat? */
bool known_splat(const char *test, const char *splat);

#endif
