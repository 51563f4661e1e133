/* SPDX-License-Identifier: MIT */
/*
 * fault - the places where a simulator may have something go wrong.
 *
 * Where a VM can be refused something, or is at the mercy of others, stands a
 * fault_strikes().  In the shipped library it is false, and costs nothing.  In
 * the variant built for the simulator (THS_SIM_POINTS) it asks the hook of the
 * running simulated thread (base/sched_point.h); outside a simulation there is
 * none, and nothing strikes.
 *
 * The place itself brings about what follows: it does what it would do if the
 * system had refused.  So a fault takes no path that there is not without it.
 *
 * Threads: any.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stdbool.h>

/*
 *   site           of whom         what is about to be done; if it strikes
 *   FAULT_MEMORY   struct memory,  an allocation; it is refused
 *                  or a cache of
 *                  envelopes
 *   FAULT_ENVELOPE such a cache    an envelope that lies there is taken; what
 *                                  follows is a FAULT_MEMORY, which strikes
 *   FAULT_HANDLER  struct slot     a handler is called; it fails instead.
 *                                  Time may go by here before the answer
 *   FAULT_CALL     anybody         a call is begun; there is no memory for it
 *   FAULT_TIMER    anybody         a timer is set; the same
 *   FAULT_ENTRY    struct ths_vm   a thread of the host comes in, and holds
 *                                  nothing; it ends, and does not return
 */
enum fault_site {
	FAULT_MEMORY,
	FAULT_ENVELOPE,
	FAULT_HANDLER,
	FAULT_CALL,
	FAULT_TIMER,
	FAULT_ENTRY,
};

#ifdef THS_SIM_POINTS
bool fault_strikes(enum fault_site site, const void *whom);
#else
static inline bool
fault_strikes(enum fault_site site, const void *whom)
{
	(void)site;
	(void)whom;
	return false;
}
#endif

#endif
