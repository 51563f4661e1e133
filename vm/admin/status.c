/* SPDX-License-Identifier: MIT */
/* status - what a VM has counted; see thespis/vm.h. */
#include <string.h>

#include "vm/actor/dead.h"

#include "vm/endpoint/client.h"
#include "vm/vm.h"

/* Relaxed throughout: numbers of a moment. */
static uint64_t
read_count(const _Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

static void
add_counts(ths_vm_status *status, const struct counts *counts)
{
	status->spawned += read_count(&counts->spawned);
	status->unborn += read_count(&counts->unborn);
	status->exited += read_count(&counts->exited);
	status->accepted += read_count(&counts->accepted);
	status->handled += read_count(&counts->handled);
	status->failed += read_count(&counts->failed);
	status->retried += read_count(&counts->retried);
	status->poisoned += read_count(&counts->poisoned);
	status->absorbed += read_count(&counts->absorbed);
	status->limits_hit += read_count(&counts->limited);
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		status->dead[i] += read_count(&counts->dead[i]);
}

static void
add_clients(ths_vm_status *status, const struct ths_vm *vm)
{
	const struct ths_client *client = client_first(vm);

	for (; client != NULL; client = client->next)
		add_counts(status, &client->crew.counts);
}

static void
add_spares(ths_vm_status *status, const struct scheduler *scheduler)
{
	const struct spares *spares = &scheduler->spares;

	status->spares = atomic_load_explicit(&spares->active,
	    memory_order_relaxed);
	status->spares_most = atomic_load_explicit(&spares->most,
	    memory_order_relaxed);
	status->spares_limited = read_count(&spares->limited);
	status->spares_failed = read_count(&spares->failed);
	status->relieved = read_count(&scheduler->sentinel.relieved);
}

void
ths_vm_status_read(const ths_vm *vm, ths_vm_status *status)
{
	uint64_t ended, undertaker;

	memset(status, 0, sizeof(*status));
	status->workers = vm->config.workers;
	status->is_stopping = vm_state(vm) != VM_RUNNING;
	undertaker = dead_undertaker(vm);
	if (undertaker != 0)
		status->undertaker = vm_address(vm, (uint32_t)undertaker,
		    (uint32_t)(undertaker >> 32));
	for (uint32_t i = 0; i < vm->crews_count; i++)
		add_counts(status, &vm->crews[i].counts);
	for (uint32_t i = 0; i < vm->config.workers; i++)
		status->timers += wheel_pending(
		    vm->scheduler.workers[i].wheel);
	add_spares(status, &vm->scheduler);
	status->long_handlers = read_count(&vm->long_handlers);
	add_clients(status, vm);
	status->names = names_length(&vm->names);
	status->name_monitors = name_monitors_length(&vm->names.monitors);
	status->clients = atomic_load_explicit(&vm->clients_open,
	    memory_order_relaxed);
	ended = status->handled + status->absorbed;
	for (int i = 0; i < THS_DEAD_COUNT; i++)
		ended += status->dead[i];
	/* Read one after the other: a difference may be below zero. */
	status->queued = status->accepted > ended ?
	    status->accepted - ended : 0;
	status->actors = status->spawned > status->exited ?
	    status->spawned - status->exited : 0;
	status->memory = atomic_load_explicit(&vm->memory.bytes,
	    memory_order_relaxed);
	status->limits_hit += read_count(&vm->memory.limited);
	status->limits_hit += read_count(&vm->kinds.limited);
	status->limits_hit += read_count(&vm->blobs.limited);
	status->log_lost = log_lost(&vm->log);
	status->blobs = atomic_load_explicit(&vm->blobs.length,
	    memory_order_relaxed);
	status->blob_bytes = atomic_load_explicit(&vm->blobs.bytes,
	    memory_order_relaxed);
}

bool
ths_vm_worker_status_read(const ths_vm *vm, uint32_t index,
    ths_worker_status *status)
{
	const struct worker_counts *counts;
	uint64_t since;

	if (index >= scheduler_length(&vm->scheduler))
		return false;
	counts = &vm->scheduler.workers[index].counts;
	since = read_count(&counts->busy_since);
	status->slices = read_count(&vm->scheduler.workers[index].picks);
	status->messages = read_count(&vm->crews[index].counts.handled);
	status->steals = read_count(&counts->steals);
	status->parks = read_count(&counts->parks);
	status->wakes = read_count(&counts->wakes);
	status->busy_ns = read_count(&counts->busy_ns);
	if (since != 0 && vm_now(vm) > since)
		status->busy_ns += vm_now(vm) - since;
	return true;
}
