/* SPDX-License-Identifier: MIT */
/*
 * check - what must be true inside the house.
 *
 * CHECK is always on, for cheap preconditions at internal borders; ASSERT is
 * for dear ones, in debug builds.  A broken one prints file, line, expression
 * and stops the process: it is a defect of the house, never of a guest.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include "base/machine.h"

_Noreturn void check_failed(const char *file, int line, const char *what);

#define CHECK(x) \
	(LIKELY(x) ? (void)0 : check_failed(__FILE__, __LINE__, #x))
#ifdef NDEBUG
#define ASSERT(x) ((void)sizeof(x))
#else
#define ASSERT(x) CHECK(x)
#endif
#define UNREACHABLE(why) check_failed(__FILE__, __LINE__, why)

#endif
