/* SPDX-License-Identifier: MIT */
/*
 * options - the command line every stress program has:
 *     --seed N (drawn from the clock when absent), --seconds S, --workers N
 * The seed is printed first, so that a failing run can be repeated.  Where
 * --seconds is absent the environment's THS_STRESS_SECONDS counts.  A program
 * that does not come to an end long after its seconds is ended by SIGALRM.
 */
#ifndef TESTS_STRESS_OPTIONS_H
#define TESTS_STRESS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint64_t seed;
	double seconds;   /* default 1 */
	uint32_t workers; /* default 2 */
};

/* Reads the command line; prints usage and exits with 2 if it is wrong. */
struct options options_read(int argc, char **argv, const char *what);

/* True once the seconds are over. */
bool options_over(const struct options *options);

/* Prints where and why, and exits with 1. */
_Noreturn void stress_fail(const char *file, int line, const char *what);
#define STRESS_CHECK(x) ((x) ? (void)0 : stress_fail(__FILE__, __LINE__, #x))

#endif
