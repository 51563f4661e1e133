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
strikes(ths_sim *sim, ths_sim_fault kind)
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

/* What is refused for sure has been counted before. */
static bool
at_allocation(ths_sim *sim, struct sim_thread *self)
{
	if (!self->is_refused)
		return strikes(sim, THS_SIM_FAULT_MEMORY);
	self->is_refused = false;
	return true;
}

/* A handler is about to be called. */
static bool
at_handler(ths_sim *sim, struct sim_thread *self, const struct slot *slot)
{
	ths_address whom = vm_address(slot->crew->vm, slot->index,
	    slot->generation);

	if (self->hook.off == 0 && strikes(sim, THS_SIM_FAULT_SLOW))
		sim_sleep(sim, faults_span(&sim->faults, THS_SIM_FAULT_SLOW));
	if (is_of_library(slot) || !faults_strike_handler(&sim->faults, whom))
		return false;
	sim_fold(sim, THS_SIM_FAULT_HANDLER);
	return true;
}

bool
sim_fault_at(struct sched_hook *hook, enum fault_site site, const void *whom)
{
	struct sim_thread *self = CONTAINER_OF(hook, struct sim_thread, hook);
	ths_sim *sim = self->sim;

	switch (site) {
	case FAULT_MEMORY:
		return whom != &sim->memory &&
		    whom != &sim->safe_memory && at_allocation(sim, self);
	case FAULT_ENVELOPE:
		self->is_refused = strikes(sim, THS_SIM_FAULT_MEMORY);
		return self->is_refused;
	case FAULT_HANDLER:
		return at_handler(sim, self, whom);
	case FAULT_CALL:
		return strikes(sim, THS_SIM_FAULT_CALL);
	case FAULT_TIMER:
		return strikes(sim, THS_SIM_FAULT_TIMER);
	case FAULT_ENTRY:
		if (self->is_mortal && hook->off == 0 &&
		    strikes(sim, THS_SIM_FAULT_DEATH))
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
	if (strikes(sim, THS_SIM_FAULT_LATE))
		thread->deadline_ns = sim->now_ns +
		    faults_span(&sim->faults, THS_SIM_FAULT_LATE);
	return thread->deadline_ns <= sim->now_ns;
}

/* The sum, or the end of time that is nearest to it. */
static int64_t
add_within(int64_t one, int64_t other)
{
	if (other > 0 && one > INT64_MAX - other)
		return INT64_MAX;
	if (other < 0 && one < INT64_MIN - other)
		return INT64_MIN;
	return one + other;
}

ths_time
sim_fault_wall(ths_sim *sim)
{
	if (sim->running != NULL && strikes(sim, THS_SIM_FAULT_WALL))
		sim->jumped_ns = add_within(sim->jumped_ns,
		    faults_jump(&sim->faults, THS_SIM_FAULT_WALL));
	return add_within(add_within(SIM_DATE, ths_sim_now(sim)),
	    sim->jumped_ns);
}

/* ------------------------------------------------------------- as hosts see it */

void
ths_sim_faults_set(ths_sim *sim, const ths_sim_faults *faults)
{
	faults_set(&sim->faults, faults);
}

ths_status
ths_sim_fail_handler(ths_sim *sim, ths_address actor, uint64_t n)
{
	if (n == 0)
		return THS_BAD_ARGUMENT;
	return faults_aim(&sim->faults, actor, n) ? THS_OK : THS_LIMIT;
}

void
ths_sim_mortal(ths_sim *sim, bool is_mortal)
{
	if (sim->running != NULL)
		sim->running->is_mortal = is_mortal;
}

uint64_t
ths_sim_occasions(const ths_sim *sim, ths_sim_fault kind)
{
	return kind < THS_SIM_FAULT_KINDS ? sim->faults.of[kind].occasions : 0;
}

uint64_t
ths_sim_struck(const ths_sim *sim, ths_sim_fault kind)
{
	return kind < THS_SIM_FAULT_KINDS ? sim->faults.of[kind].struck : 0;
}
