/* SPDX-License-Identifier: MIT */
/*
 * spin - one turn of waiting for another thread that is about to let go of
 * something it holds for a few instructions.
 *
 *     for (uint32_t turn = 1; !try_it(); turn++)
 *             spin_turn(turn);
 *
 * Threads: any.  Now and then the processor is given away: whoever is waited
 * for may have been taken off it.
 */
#ifndef BASE_SPIN_H
#define BASE_SPIN_H

#include <sched.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/sched_point.h"

enum { SPIN_TURNS = 64 }; /* before the processor is given away */

static inline void
spin_turn(uint32_t turn)
{
	sched_point(SCHED_SITE_SPIN);
	if (turn % SPIN_TURNS == 0)
		sched_yield();
	else
		machine_pause();
}

#endif
