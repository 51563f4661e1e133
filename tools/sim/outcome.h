/* SPDX-License-Identifier: MIT */
/*
 * outcome - what became of one seed: a signature, or why it failed.
 *
 * Plain bytes of one size, so that a process can send it through a pipe in one
 * piece.
 * Threads: one at a time.  Limits: a longer text is cut.
 */
#ifndef TOOLS_SIM_OUTCOME_H
#define TOOLS_SIM_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { OUTCOME_SIZE = 1024, OUTCOME_TEXT_SIZE = OUTCOME_SIZE - 24 };

struct outcome {
	uint64_t seed;
	uint64_t signature; /* of a run that went well */
	bool has_failed;
	char text[OUTCOME_TEXT_SIZE]; /* why, in words; "" if it has not */
};

/* Notes that it has failed, and why; the first reason stays. */
void outcome_fail(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints its line: "seed 17 signature 9f3c52a10c5d7e41 ok". */
void outcome_print(const struct outcome *outcome, FILE *stream);

/*
 * True when both have failed in the same way: at the same place of a source,
 * with the same words there; or, where no place is named, with the same words
 * but for numbers.
 */
bool outcome_is_like(const struct outcome *outcome,
    const struct outcome *other);

#endif
