/* SPDX-License-Identifier: MIT */
/*
 * mutant - which of the deliberate bugs of this folder is alive: none, or one.
 *
 * A patch NN-some-name.patch puts a bug into a copy of the sources; all of them
 * stand in one build, each behind a question
 *
 *     if (mutant_is(MUTANT_SOME_NAME))
 *
 * and the environment variable THS_MUTANT tells which is answered with yes, by
 * name or by number.  Every file of the copy includes this header by itself
 * (-include), so a patch has nothing but its bug.
 *
 * Threads: any; chosen once, before main().
 * Errors: a program that is given a name that no patch has ends with 2.
 */
#ifndef TESTS_SIM_MUTANTS_MUTANT_H
#define TESTS_SIM_MUTANTS_MUTANT_H

#include <stdbool.h>

enum mutant {
	MUTANT_NONE,
#define MUTANT(constant, number, name) MUTANT_##constant = number,
#include "mutants.def" /* made from the names of the patches */
#undef MUTANT
};

/* Written before main(), by mutant.c. */
extern enum mutant mutant_alive;

static inline bool
mutant_is(enum mutant mutant)
{
	return mutant_alive == mutant;
}

#endif
