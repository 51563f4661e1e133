/* SPDX-License-Identifier: MIT */
/*
 * sim_fault - brings faults about in the running thread of a world: answers for
 * the places of base/fault.h, lets time go by, and ends mortal threads.
 *
 * The wall clock is here as well, since faults are all that moves it.
 *
 * Nothing strikes at home, and not what the world itself allocates.  Where the
 * scheduling points are off a thread must not be left: there nobody is slow
 * or ends.
 *
 * Threads: as the world.
 */
#ifndef SIM_SIM_FAULT_H
#define SIM_SIM_FAULT_H

#include "base/fault.h"
#include "base/sched_point.h"
#include "sim/sim_thread.h"

/* The at_fault of every simulated thread's hook. */
bool sim_fault_at(struct sched_hook *hook, enum fault_site site,
    const void *whom);

/* True when the deadline of a thread that waits has come; the first time it may
 * turn out to be late, which moves the deadline. */
bool sim_fault_is_due(ths_sim *sim, struct sim_thread *thread);

/* The date, as somebody reads it, who may find that it has jumped. */
ths_time sim_fault_wall(ths_sim *sim);

#endif
