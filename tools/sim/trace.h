/* SPDX-License-Identifier: MIT */
/*
 * trace - what happens in one run, as a file that ui.perfetto.dev opens:
 * Chrome's trace event format, in JSON.
 *
 * Each thread of the world is a track; on it a slice for each stretch that a
 * worker runs an actor, and within it one for each handler, with the message as
 * its argument.  An arrow leads from where a message was sent to where it is
 * handled.  Births, ends, dead letters, timers and jumps of time are marks.
 *
 * Times are the world's, which passes a nanosecond at each step: so what is
 * seen is the order, not what anything would cost.
 *
 * Threads: the world's.
 * Limits: TRACE_FLIGHTS_MAX messages under way have their arrow at once, more
 * go without.
 */
#ifndef TOOLS_SIM_TRACE_H
#define TOOLS_SIM_TRACE_H

#include <stdbool.h>

#include "thespis/sim.h"

enum { TRACE_FLIGHTS_MAX = 1 << 16 };

struct trace;

/* Makes the file, and puts an end to it: by who has started the process that
 * writes the rest.  False, and errno: it cannot be written. */
bool trace_begin(const char *path);
bool trace_end(const char *path);

/* Begins to write into a file that was begun; NULL, and errno: it cannot be. */
struct trace *trace_open(const char *path);

/* Has all that happens in a world, which has not begun, put into it. */
void trace_watch(struct trace *trace, ths_sim *sim);

/* Writes the rest, and why the run has failed, or NULL.  False, and errno: it
 * is not wholly written. */
bool trace_close(struct trace *trace, const char *why);

#endif
