/* SPDX-License-Identifier: MIT */
/* sched_point - where the simulator may switch threads; see sched_point.h. */
#include "base/sched_point.h"

#ifdef THS_SIM_POINTS

#include <stddef.h>

static _Thread_local struct sched_hook *current;

struct sched_hook *
sched_hook_set(struct sched_hook *hook)
{
	struct sched_hook *former = current;

	current = hook;
	return former;
}

struct sched_hook *
sched_hook_get(void)
{
	return current;
}

void
sched_point(enum sched_site site)
{
	if (current != NULL && current->off == 0)
		current->at_point(current, site);
}

void
sched_points_off(void)
{
	if (current != NULL)
		current->off++;
}

void
sched_points_on(void)
{
	if (current != NULL)
		current->off--;
}

#endif
