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
 */
#ifndef BASE_SCHED_POINT_H
#define BASE_SCHED_POINT_H

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
	SCHED_SITE_SPIN,   /* a loop that waits for another thread */
	SCHED_SITE_COUNT
};

#ifdef THS_SIM_POINTS
struct sched_hook {
	void (*at_point)(struct sched_hook *hook, enum sched_site site);
};

/* Sets the calling thread's hook; NULL for none.  Returns the former one. */
struct sched_hook *sched_hook_set(struct sched_hook *hook);

void sched_point(enum sched_site site);
#else
static inline void
sched_point(enum sched_site site)
{
	(void)site;
}
#endif

#endif
