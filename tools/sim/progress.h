/* SPDX-License-Identifier: MIT */
/*
 * progress - how far an exploration has come, on standard error.
 *
 * On a terminal a bar that is drawn again and again in one line; elsewhere a
 * line now and then.
 *
 * Threads: one.
 */
#ifndef TOOLS_SIM_PROGRESS_H
#define TOOLS_SIM_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 *   field        what it is
 *   seeds        to be played in all; 0: nobody knows
 *   span_ns      that it may take; 0: any
 */
struct progress {
	bool is_shown;
	bool is_terminal;
	bool is_drawn;
	uint64_t seeds;
	uint64_t span_ns;
	uint64_t began_ns;
	uint64_t drawn_ns;
};

/* Begins; shown when standard error is a terminal, or is_wanted. */
void progress_init(struct progress *progress, bool is_wanted, uint64_t seeds,
    uint64_t span_ns, uint64_t now_ns);

/* Draws it if that is due. */
void progress_show(struct progress *progress, uint64_t played,
    uint64_t failed, uint64_t now_ns);

/* Wipes the bar, so that a line can be written where it stands. */
void progress_wipe(struct progress *progress);

#endif
