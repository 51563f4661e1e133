/* SPDX-License-Identifier: MIT */
/*
 * budget - how long a slice may last: slice_max messages, or fewer where the
 * chooser says so, and slice_ns of time as far as a look at the clock every
 * BUDGET_LOOK messages can tell.  It also ends when the worker asks for that.
 *
 * Threads: who runs the slice; it lies on that one's stack.
 */
#ifndef VM_ACTOR_BUDGET_H
#define VM_ACTOR_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "sched/worker.h"
#include "vm/crew.h"
#include "vm/vm.h"

enum { BUDGET_LOOK = 128 };

struct budget {
	uint32_t met;  /* messages */
	uint32_t max;
	uint32_t look; /* at the clock, or the end, after so many */
	uint64_t since; /* the first look; 0 before it */
};

static inline void
budget_init(struct budget *budget, struct crew *crew)
{
	uint32_t max = crew->vm->config.slice_max;

	budget->met = 0;
	budget->max = 1 + chooser_pick(&crew->worker->chooser, CHOICE_SLICE,
	    max, max - 1);
	budget->look = budget->max < BUDGET_LOOK ? budget->max : BUDGET_LOOK;
	budget->since = 0;
}

/* True when the slice goes on; asked when as many have been met as `look`
 * says.  Apart from the loop of a slice, which keeps no place for it; and here,
 * not in a file of its own, for that costs six instructions a slice. */
static __attribute__((noinline)) bool
budget_goes_on(struct budget *budget, const struct ths_vm *vm)
{
	uint64_t now;

	if (budget->met >= budget->max)
		return false;
	now = vm_now(vm);
	if (budget->since == 0)
		budget->since = now;
	budget->look = budget->max - budget->met < BUDGET_LOOK ? budget->max :
	    budget->met + BUDGET_LOOK;
	return now - budget->since < (uint64_t)vm->config.slice_ns;
}

/* Counts a message that was met.  True when the slice goes on. */
static inline bool
budget_spend(struct budget *budget, const struct crew *crew)
{
	if (UNLIKELY(++budget->met == budget->look) &&
	    !budget_goes_on(budget, crew->vm))
		return false;
	return LIKELY(!worker_must_end_slice(crew->worker));
}

#endif
