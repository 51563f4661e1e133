/* SPDX-License-Identifier: MIT */
/* options - the command line of wordcount; see wordcount.1. */
#ifndef WORDCOUNT_OPTIONS_H
#define WORDCOUNT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	uint32_t workers;   /* 0: one per core */
	uint32_t counters;  /* 0: eight per worker */
	uint32_t splitters; /* 0: eight per worker */
	uint32_t top;       /* how many words are printed */
	bool prints_all;    /* every word, by its letters */
	bool has_progress;
	char **arguments;   /* files and folders, ended by NULL */
};

/*
 * Reads the command line.  Prints and exits where that is all there is to do:
 * with 0 for --help and --version, with 2 and the usage when it is wrong.
 */
struct options options_read(int argc, char **argv);

#endif
