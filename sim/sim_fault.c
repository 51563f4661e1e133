/* SPDX-License-Identifier: MIT */
/* sim_fault - brings faults about; see sim_fault.h. */
#include "sim/sim_fault.h"

#include "base/machine.h"
#include "sim/faults.h"
#include "thespis/supervise.h"
#include "vm/vm.h"

/* An occasion in this world: true when it strikes, which is part of its
 * signature. */
static bool
strikes(ths_sim *sim, enum fault_kind kind)
{
	if (!faults_strike(&sim->faults, kind))
		return false;
	sim_fold(sim, (uint64_t)kind);
	return true;
}

/* True for an actor that the library brings along. */
static bool
is_of_library(const struct slot *slot)
{
	return slot->behaviour->start == ths_supervisor_begun;
}

/* A handler is about to be called. */
static bool
at_handler(ths_sim *sim, struct sim_thread *self, const struct slot *slot)
{
	ths_address whom = vm_address(slot->crew->vm, slot->index,
	    slot->generation);

	if (self->hook.off == 0 && strikes(sim, FAULT_OF_SLOW))
		sim_sleep(sim, faults_span(&sim->faults, FAULT_OF_SLOW));
	if (is_of_library(slot) || !faults_strike_handler(&sim->faults, whom))
		return false;
	sim_fold(sim, FAULT_OF_HANDLER);
	return true;
}

bool
sim_fault_at(struct sched_hook *hook, enum fault_site site, const void *whom)
{
	struct sim_thread *self = CONTAINER_OF(hook, struct sim_thread, hook);
	ths_sim *sim = self->sim;

	switch (site) {
	case FAULT_MEMORY:
		return whom != &sim->memory && strikes(sim, FAULT_OF_MEMORY);
	case FAULT_HANDLER:
		return at_handler(sim, self, whom);
	case FAULT_CALL:
		return strikes(sim, FAULT_OF_CALL);
	case FAULT_TIMER:
		return strikes(sim, FAULT_OF_TIMER);
	case FAULT_ENTRY:
		if (self->is_mortal && hook->off == 0 &&
		    strikes(sim, FAULT_OF_DEATH))
			sim_thread_end(self);
		return false;
	}
	return false;
}

bool
sim_fault_is_due(ths_sim *sim, struct sim_thread *thread)
{
	if (thread->deadline_ns > sim->now_ns)
		return false;
	if (thread->is_due)
		return true;
	thread->is_due = true;
	if (strikes(sim, FAULT_OF_LATE))
		thread->deadline_ns = sim->now_ns +
		    faults_span(&sim->faults, FAULT_OF_LATE);
	return thread->deadline_ns <= sim->now_ns;
}
