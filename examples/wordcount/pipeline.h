/* SPDX-License-Identifier: MIT */
/* pipeline - the actors of wordcount, all of them, joined; see messages.h. */
#ifndef WORDCOUNT_PIPELINE_H
#define WORDCOUNT_PIPELINE_H

#include <thespis/thespis.h>

#include "options.h"

/* The two actors that the host talks to. */
struct pipeline {
	ths_address reader;
	ths_address ranking;
};

/*
 * Starts every actor; they wait for the first file.  host is told troubles and
 * the end.  As ths_spawn(); what was started by then ends with the VM.
 */
ths_status pipeline_start(struct pipeline *pipeline, ths_vm *vm,
    const struct options *options, ths_address host);

#endif
