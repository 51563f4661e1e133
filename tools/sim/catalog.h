/* SPDX-License-Identifier: MIT */
/*
 * catalog - the programs that can be explored: those built in, and those of a
 * shared object.
 *
 * A word names a program: `bank` is built in; what has a slash in it or ends
 * with .so is a file, and FILE:NAME one of the programs in it.
 *
 * Threads: one.  Ownership: a file stays loaded as long as the process.
 * Errors: NULL, and why on standard error.
 */
#ifndef TOOLS_SIM_CATALOG_H
#define TOOLS_SIM_CATALOG_H

#include <stdio.h>

#include "thespis/sim.h"

/* A list of programs, ended by NULL. */
typedef const ths_sim_program *const *catalog;

/* The program that the word names. */
const ths_sim_program *catalog_find(catalog built_in, const char *word,
    const char *complainer);

/* Prints the programs of the file that the word names, or those built in if it
 * is NULL, a line each.  False: there are none, and it is said why. */
bool catalog_print(catalog built_in, const char *word,
    const char *complainer, FILE *stream);

#endif
