/* SPDX-License-Identifier: MIT */
/*
 * trace_event - one event of a trace, as JSON; see trace.h.
 *
 * Each is in the file as a whole when it has ended, whatever becomes of the
 * process; what comes first in the file is not one of them, as each begins with
 * a comma.
 *
 * Threads: one.  Errors: those of the file, which its owner asks for.
 */
#ifndef TOOLS_SIM_TRACE_EVENT_H
#define TOOLS_SIM_TRACE_EVENT_H

#include <stdint.h>
#include <stdio.h>

/* Begins an event: what kind, on which track, when and of what name, NULL for
 * none.  event_end() must follow. */
void event_begin(FILE *file, const char *kind, uint32_t thread,
    uint64_t at_ns, const char *name);
void event_end(FILE *file);

/* Adds an argument, of each event one at most. */
void event_argument(FILE *file, const char *name, const char *text);

/* A mark, begun and ended; scope "t" is its track, "g" all of them. */
void event_mark(FILE *file, const char *scope, uint32_t thread,
    uint64_t at_ns, const char *name);

#endif
