/* SPDX-License-Identifier: MIT */
/* fault - where a simulator may have something go wrong; see fault.h. */
#include "base/fault.h"

#ifdef THS_SIM_POINTS

#include <stddef.h>

#include "base/sched_point.h"

bool
fault_strikes(enum fault_site site, const void *whom)
{
	struct sched_hook *hook = sched_hook_get();

	return hook != NULL && hook->at_fault != NULL &&
	    hook->at_fault(hook, site, whom);
}

#endif
