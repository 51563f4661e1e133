/* SPDX-License-Identifier: MIT */
/*
 * sim_vm - a VM in a simulated world; see sim_vm.h.
 *
 * For ThreadSanitizer:
 *   [L] a thread has left its place -> another takes it
 */
#include "sim/sim_vm.h"

#include <pthread.h>
#include <stddef.h>

#include "base/check.h"
#include "sched/scheduler.h"
#include "sim/context_watch.h"
#include "thespis/client.h"
#include "vm/vm.h"

enum {
	WORKERS_DEFAULT = 2,
	SPIN_DEFAULT = 2,
};

/* ----------------------------------------------------------------- workers */

static void
drive_worker(void *worker)
{
	worker_drive(worker);
}

static ths_status
drive_one(struct sim_vm *sim_vm, const char *name, struct worker *worker)
{
	ths_status status = sim_spawn(sim_vm->sim, name, drive_worker, worker,
	    &sim_vm->workers[sim_vm->workers_count]);

	if (status == THS_OK)
		sim_vm->workers_count++;
	return status;
}

/* The workers, and then the sentinel. */
static enum ths_status
drive(void *context, struct scheduler *scheduler)
{
	struct sim_vm *sim_vm = context;

	for (uint32_t i = 0; i <= scheduler->config.workers; i++) {
		bool is_last = i == scheduler->config.workers;
		ths_status status = drive_one(sim_vm, is_last ? "sentinel" :
		    "worker", is_last ? scheduler_sentinel(scheduler) :
		    &scheduler->workers[i]);

		if (status == THS_OK)
			continue;
		while (sim_vm->workers_count > 0)
			sim_unspawn(sim_vm->sim,
			    sim_vm->workers[--sim_vm->workers_count]);
		return status;
	}
	return THS_OK;
}

static enum ths_status
recruit(void *context, struct worker *spare)
{
	return drive_one(context, "spare", spare);
}

static void
join(void *context, struct scheduler *scheduler)
{
	struct sim_vm *sim_vm = context;

	/* The sentinel first: then there are no more spares to come. */
	sim_join(sim_vm->sim, sim_vm->workers[scheduler->config.workers]);
	for (uint32_t i = 0; i < sim_vm->workers_count; i++)
		sim_join(sim_vm->sim, sim_vm->workers[i]);
}

static uint32_t
choose(void *context, enum choice what, uint32_t n, uint32_t usual)
{
	struct sim_vm *sim_vm = context;

	return sim_choose(sim_vm->sim, what, n, usual);
}

/* ----------------------------------------------------------------- clients */

/* The thread ends. */
static void
leave_client(void *argument)
{
	struct sim_vm_client *place = argument;

	ths_client_close(place->client);
	*place = (struct sim_vm_client){ 0 };
	context_watch_release(place); /* [L] */
}

/* Where the running thread keeps its default client. */
static struct ths_client **
default_client(void *context)
{
	struct sim_vm *sim_vm = context;
	uint32_t self = sim_self(sim_vm->sim);
	struct sim_vm_client *place = NULL;

	for (size_t i = 0; i <= THS_SIM_THREADS_MAX; i++) {
		struct sim_vm_client *other = &sim_vm->clients[i];

		if (other->is_taken && other->number == self)
			return &other->client;
		if (place == NULL && !other->is_taken)
			place = other;
	}
	CHECK(place != NULL); /* there are more places than threads */
	context_watch_acquire(place); /* [L] */
	*place = (struct sim_vm_client){ true, self, NULL };
	if (self != 0)
		sim_at_leave(sim_vm->sim, leave_client, place);
	return &place->client;
}

/* ----------------------------------------------------------------- starting */

ths_status
sim_vm_start(struct sim_vm *sim_vm, ths_sim *sim,
    const ths_vm_config *config)
{
	ths_vm_config wanted = { 0 };
	struct vm_ports ports = {
		.clock = &sim->clock,
		.parker = &sim->parker_port,
		.choose = choose,
		.drive = drive,
		.recruit = recruit,
		.join = join,
		.default_client = default_client,
		.keeper = &sim_vm->holdings.keeper,
		.observer = &referee_observer,
		.context = sim_vm,
	};
	ths_status status;

	if (config != NULL)
		wanted = *config;
	if (wanted.mode == THS_MODE_INLINE) {
		ports.drive = NULL;
		ports.recruit = NULL;
		ports.join = NULL;
	} else if (wanted.workers == 0) {
		wanted.workers = WORKERS_DEFAULT;
	}
	if (wanted.workers > THS_SIM_WORKERS_MAX)
		return THS_LIMIT;
	if (wanted.spin_max == 0)
		wanted.spin_max = SPIN_DEFAULT;
	if (wanted.seed == 0)
		wanted.seed = sim->config.seed + 1;
	*sim_vm = (struct sim_vm){ .sim = sim };
	holdings_init(&sim_vm->holdings, sim);
	referee_init(&sim_vm->referee, sim);
	status = vm_start(&sim_vm->vm, &wanted, &ports);
	if (status == THS_OK)
		referee_set_vm(&sim_vm->referee, sim_vm->vm);
	else
		referee_fini(&sim_vm->referee);
	return status;
}

void
sim_vm_abandon(struct sim_vm *sim_vm)
{
	referee_fini(&sim_vm->referee);
	/* NULL: its start has failed the run, and never returned. */
	if (sim_vm->vm != NULL)
		pthread_key_delete(sim_vm->vm->client_key);
	sim_vm->vm = NULL;
	holdings_give_all(&sim_vm->holdings);
}
