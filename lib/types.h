/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's names for what every file here uses, for files that are also
 * built without a kernel tree, as the unit tests are.
 */
#ifndef SUITE_TYPES_H
#define SUITE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#endif
/* Word for word as in kselftest.h, which defines it again. */
#ifndef __printf
#define __printf(a, b) __attribute__((format(printf, a, b)))
#endif
#ifndef __aligned
#define __aligned(n) __attribute__((aligned(n)))
#endif
#ifndef __noreturn
#define __noreturn __attribute__((noreturn))
#endif

#endif
