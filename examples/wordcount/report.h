/* SPDX-License-Identifier: MIT */
/* report - what wordcount shows: progress, words, figures at the end. */
#ifndef WORDCOUNT_REPORT_H
#define WORDCOUNT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "messages.h"

/* The figures of one run. */
struct report {
	struct ranked sums;
	struct so_far read;
	uint64_t bytes; /* of the whole input */
	double seconds;
	bool is_interrupted;
};

/* Draws the bar on standard error, over the one before. */
void report_progress(uint64_t bytes, uint64_t bytes_max, double seconds);

/* Wipes the bar, so that other text can be written there. */
void report_progress_clear(void);

/*
 * Prints the words of a bundle to standard output, in the form of uniq -c.
 * Returns how many there were.
 */
uint64_t report_words(ths_bytes bundle);

/* Prints a line that says so, when only a part has been counted. */
void report_incomplete(FILE *stream, const struct report *report);

/* Prints the figures and the status of the VM, which has been stopped. */
void report_figures(FILE *stream, const struct report *report,
    const ths_vm *vm);

/*
 * True when the VM's books are in order after its stop: nobody is left, and
 * every message is accounted for.  Otherwise says so on standard error.
 */
bool report_accounts(const ths_vm *vm);

#endif
