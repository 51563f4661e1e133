/* SPDX-License-Identifier: MIT */
/* world - a simulated world as a host sees it; see thespis/sim.h. */
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "sim/sim.h"
#include "sim/sim_thread.h"
#include "sim/sim_vm.h"
#include "thespis/status.h"
#include "vm/actor/send.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

/* ------------------------------------------------------------------- worlds */

ths_sim *
ths_sim_new(const ths_sim_config *config)
{
	static const ths_sim_config usual = { 0 };
	struct memory memory;
	ths_sim *sim;

	if (config == NULL)
		config = &usual;
	if (picker_ops(config->picker) == NULL ||
	    !schedule_is_sorted(&config->schedule))
		return NULL;
	memory_init(&memory, NULL, 0);
	sim = memory_take(&memory, sizeof(*sim), CACHE_LINE);
	if (sim == NULL)
		return NULL;
	sim_init(sim, config);
	return sim;
}

/* Stops a VM, unless that was done, and checks that nothing is left of it. */
static void
end_vm(ths_sim *sim, ths_vm *vm)
{
	ths_vm_status status;
	uint64_t dead = 0;

	if (vm_state(vm) != VM_STOPPED)
		(void)ths_vm_stop(vm, THS_SECONDS(100));
	ths_vm_status_read(vm, &status);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status.dead[i];
	THS_SIM_CHECK(sim, status.accepted == status.handled + status.absorbed +
	    dead);
	THS_SIM_CHECK(sim, status.queued == 0 && status.actors == 0);
	THS_SIM_CHECK(sim, status.spawned == status.exited);
	THS_SIM_CHECK(sim, status.blobs == 0);
	ths_vm_free(vm);
}

void
sim_end_vms(ths_sim *sim)
{
	while (sim->vms != NULL) {
		struct sim_vm *sim_vm = sim->vms;

		sim->vms = sim_vm->next;
		/* Of a run that has failed nothing can be expected. */
		if (sim->why[0] == '\0')
			end_vm(sim, sim_vm->vm);
		else
			sim_vm_abandon(sim_vm);
		memory_give(&sim->memory, sim_vm, sizeof(*sim_vm),
		    alignof(struct sim_vm));
	}
}

ths_sim_end
ths_sim_free(ths_sim *sim)
{
	struct memory memory;
	ths_sim_end end;

	if (sim == NULL)
		return THS_SIM_DONE;
	sim_end_vms(sim);
	end = sim->why[0] == '\0' ? THS_SIM_DONE : THS_SIM_FAILED;
	if (end == THS_SIM_FAILED)
		fprintf(stderr, "thespis: seed %llu: %s\n",
		    (unsigned long long)sim->config.seed, sim->why);
	sim_fini(sim);
	memory_init(&memory, NULL, 0);
	memory_give(&memory, sim, sizeof(*sim), CACHE_LINE);
	return end;
}

ths_vm *
ths_sim_vm(ths_sim *sim, const ths_vm_config *config)
{
	struct sim_vm *sim_vm = memory_take(&sim->memory, sizeof(*sim_vm),
	    alignof(struct sim_vm));
	ths_status status = THS_NO_MEMORY;

	if (sim_vm != NULL)
		status = sim_vm_start(sim_vm, sim, config);
	if (status != THS_OK) {
		memory_give(&sim->memory, sim_vm, sizeof(*sim_vm),
		    alignof(struct sim_vm));
		ths_sim_fail(sim, __FILE__, __LINE__, "no VM: %s",
		    ths_status_text(status));
		return NULL;
	}
	sim_vm->next = sim->vms;
	sim->vms = sim_vm;
	return sim_vm->vm;
}

void
ths_sim_thread(ths_sim *sim, const char *name, void (*function)(void *argument),
    void *argument)
{
	ths_status status = sim_spawn(sim, name, function, argument, NULL);

	if (status != THS_OK)
		ths_sim_fail(sim, __FILE__, __LINE__, "no thread %s: %s", name,
		    ths_status_text(status));
}

/* ------------------------------------------------------------------ running */

/* Whoever can still run when the time is over has so much more of it. */
enum { AFTERTIME_NS = 1000000 };

ths_sim_end
ths_sim_run(ths_sim *sim)
{
	return sim_run_until(sim, 0, NULL, NULL);
}

/* Until when home lets time go by. */
struct span {
	const ths_sim *sim;
	uint64_t until_ns;
};

static bool
is_over(void *context)
{
	const struct span *span = context;

	return span->sim->now_ns > span->until_ns + AFTERTIME_NS;
}

ths_sim_end
ths_sim_run_for(ths_sim *sim, ths_duration duration)
{
	struct span span = { sim, clock_after(sim->now_ns, duration) };
	ths_sim_end end;

	if (span.until_ns == CLOCK_NEVER)
		return sim_run_until(sim, CLOCK_NEVER, NULL, NULL);
	end = sim_run_until(sim, span.until_ns, is_over, &span);
	return end == THS_SIM_TRUE ? THS_SIM_QUIET : end;
}

ths_sim_end
ths_sim_run_until(ths_sim *sim, bool (*is_so)(void *context), void *context)
{
	return sim_run_until(sim, CLOCK_NEVER, is_so, context);
}

/* How many messages had been handled, and let go. */
struct stride {
	const ths_sim *sim;
	uint64_t settled;
};

static bool
is_further(void *context)
{
	const struct stride *stride = context;

	return stride->sim->settled > stride->settled;
}

ths_sim_end
ths_sim_step(ths_sim *sim)
{
	struct stride stride = { sim, sim->settled };

	return sim_run_until(sim, CLOCK_NEVER, is_further, &stride);
}

ths_sim_end
ths_sim_finish(ths_sim *sim)
{
	char report[SIM_WHY_SIZE / 2];
	ths_sim_end end = sim_run(sim);

	if (end != THS_SIM_QUIET && end != THS_SIM_LIMIT)
		return end;
	sim_report(sim, report, sizeof(report));
	ths_sim_fail(sim, __FILE__, __LINE__, "%s: %s", end == THS_SIM_QUIET ?
	    "somebody waits for ever" : "no end in sight", report);
	return THS_SIM_FAILED;
}

void
ths_sim_sleep(ths_sim *sim, ths_duration span)
{
	if (span > 0)
		sim_sleep(sim, (uint64_t)span);
}

ths_duration
ths_sim_now(const ths_sim *sim)
{
	return (ths_duration)sim->now_ns;
}

uint32_t
ths_sim_random(ths_sim *sim, uint32_t n)
{
	return sim_random(sim, n);
}

/* ------------------------------------------------------------------ looking */

uint64_t
ths_sim_in_flight(const ths_sim *sim)
{
	uint64_t in_flight = 0;

	for (const struct sim_vm *it = sim->vms; it != NULL; it = it->next) {
		ths_vm_status status;

		ths_vm_status_read(it->vm, &status);
		in_flight += status.accepted - status.handled - status.absorbed;
		for (int i = 0; i < THS_DEAD_COUNT; i++)
			in_flight -= status.dead[i];
	}
	return in_flight;
}

uint64_t
ths_sim_handled(const ths_sim *sim)
{
	return sim->handled;
}

uint64_t
ths_sim_signature(const ths_sim *sim)
{
	return sim->signature;
}

ths_sim_schedule
ths_sim_recorded(ths_sim *sim)
{
	return schedule_sorted(&sim->schedule);
}

ths_status
ths_sim_inject_message(ths_sim *sim, ths_address from, ths_address to,
    const ths_type *type, const void *message)
{
	const struct sim_vm *sim_vm = sim_vm_find(sim, to);
	ths_vm *vm = sim_vm == NULL ? NULL : sim_vm->vm;
	ths_client *client = NULL;
	struct sender sender;
	ths_status status;

	if (vm == NULL)
		return THS_BAD_ARGUMENT;
	status = client_enter(vm, &client);
	if (status != THS_OK)
		return status;
	if (!client_try_sit(client))
		return THS_STOPPED;
	sender = (struct sender){ &client->crew, from.slot, from.generation };
	if (from.vm != vm->id)
		sender.slot = SLOT_NONE;
	status = send_tell(&sender, to, type, message);
	client_stand(client);
	return status;
}
