/* SPDX-License-Identifier: MIT */
/*
 * sched_point - the places where the simulator may switch to another thread.
 *
 * Between the steps of every lock-free protocol stands a sched_point().  In the
 * shipped library it is empty.  In the variant built for the simulator
 * (THS_SIM_POINTS) it calls the hook of the running simulated thread, if it has
 * one; outside a simulation that is one thread-local load.
 *
 * The hook is thread-local because it belongs to "the worker I am".
 *
 * A thread that holds a mutex must not be left: another simulated thread that
 * wants the mutex would stop the one real thread for ever.  Where a mutex is
 * held across a call that has points, they are switched off for so long.
 */
#ifndef BASE_SCHED_POINT_H
#define BASE_SCHED_POINT_H

#include "base/fault.h"

/* Which protocol the point stands in; the simulator may weigh them. */
enum sched_site {
	SCHED_SITE_INBOX,
	SCHED_SITE_RUN_QUEUE,
	SCHED_SITE_INJECT,
	SCHED_SITE_PARKER,
	SCHED_SITE_IDLE,   /* idle set and search */
	SCHED_SITE_SLOT,
	SCHED_SITE_TIMER,
	SCHED_SITE_POOL,
	SCHED_SITE_CLIENT,
	SCHED_SITE_NAME,
	SCHED_SITE_LOG,
	SCHED_SITE_SPIN,   /* a loop that waits for another thread */
	SCHED_SITE_COUNT
};

#ifdef THS_SIM_POINTS
struct sched_hook {
	void (*at_point)(struct sched_hook *hook, enum sched_site site);
	/* NULL: nothing strikes. */
	bool (*at_fault)(struct sched_hook *hook, enum fault_site site,
	    const void *whom);
	unsigned off; /* how often sched_points_off() was called */
};

/* Sets the calling thread's hook; NULL for none.  Returns the former one. */
struct sched_hook *sched_hook_set(struct sched_hook *hook);

/* The calling thread's hook, or NULL. */
struct sched_hook *sched_hook_get(void);

void sched_point(enum sched_site site);

/* Between the two the calling thread's points do nothing.  They nest. */
void sched_points_off(void);
void sched_points_on(void);
#else
static inline void
sched_point(enum sched_site site)
{
	(void)site;
}

static inline void
sched_points_off(void)
{
}

static inline void
sched_points_on(void)
{
}
#endif

#endif
