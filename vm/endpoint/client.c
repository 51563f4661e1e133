/* SPDX-License-Identifier: MIT */
/* client - a thread of the host; its life.  See vm/endpoint/client.h. */
#include "vm/endpoint/client.h"

#include <stdalign.h>
#include <string.h>

#include "base/check.h"
#include "base/fault.h"
#include "base/sched_point.h"
#include "vm/actor/dead.h"
#include "vm/actor/life.h"
#include "vm/actor/strays.h"
#include "vm/vm.h"

struct ths_client *
client_first(const struct ths_vm *vm)
{
	/* [C] of vm/vm.h */
	return atomic_load_explicit(&vm->clients, memory_order_acquire);
}

void
client_wake(struct ths_client *client)
{
	parker_wake(&client->parker);
}

void
client_sit(struct ths_client *client)
{
	const struct ths_vm *vm = client->vm;

	sched_point(SCHED_SITE_CLIENT);
	gate_enter(&client->desk, vm->ports.parker, vm->ports.clock,
	    CLOCK_NEVER);
}

bool
client_try_sit(struct ths_client *client)
{
	client_sit(client);
	if (LIKELY(vm_state(client->vm) == VM_RUNNING))
		return true;
	client_stand(client);
	return false;
}

void
client_stand(struct ths_client *client)
{
	gate_leave(&client->desk);
}

/* -------------------------------------------------------------- its slots */

void
client_take_slot(struct ths_client *client, struct slot *slot)
{
	slot->crew = &client->crew;
	slot->taken = NULL;
	slot->flags = 0;
	/* Relaxed: a limit to look at. */
	atomic_store_explicit(&slot->mailbox_max,
	    vm_mailbox_max(client->vm), memory_order_relaxed);
	/* [W] of vm/actor/slot.h */
	atomic_store_explicit(&slot->waiter, client, memory_order_release);
}

void
client_leave_slot(struct ths_client *client, struct slot *slot,
    enum ths_dead_reason reason)
{
	bool is_retired;

	/* [W]: from the next idle->open on, a task runs the mail. */
	atomic_store_explicit(&slot->waiter, NULL, memory_order_release);
	slot->crew = &client->crew;
	life_close(slot);
	is_retired = !(slot->flags & SLOT_UNLISTED);
	slot->flags = reason == THS_DEAD_LATE ? SLOT_REPLY : 0;
	do {
		(void)strays_drain(slot, reason);
	} while (!inbox_try_idle(&slot->inbox));
	if (!is_retired)
		slots_give(&client->vm->slots, &client->crew.free_slots, slot);
}

/* ----------------------------------------------------------- open and close */

struct ths_client *
client_new(struct ths_vm *vm)
{
	struct ths_client *client;

	pthread_mutex_lock(&vm->clients_mutex);
	client = vm->closed;
	if (client != NULL)
		vm->closed = client->next_closed;
	pthread_mutex_unlock(&vm->clients_mutex);
	if (client != NULL)
		return client;
	client = memory_take(&vm->memory, sizeof(*client), CACHE_LINE);
	if (client == NULL)
		return NULL;
	client->vm = vm;
	client->spin = vm->config.spin_max;
	crew_init(&client->crew, vm, NULL);
	gate_init(&client->desk);
	gate_init(&client->receiving);
	parker_init(&client->parker, vm->ports.parker, vm->ports.clock);
	pthread_mutex_lock(&vm->clients_mutex);
	client->next = client_first(vm);
	/* [C] of vm/vm.h */
	atomic_store_explicit(&vm->clients, client, memory_order_release);
	pthread_mutex_unlock(&vm->clients_mutex);
	return client;
}

void
client_retire(struct ths_client *client)
{
	struct ths_vm *vm = client->vm;

	pthread_mutex_lock(&vm->clients_mutex);
	client->next_closed = vm->closed;
	vm->closed = client;
	pthread_mutex_unlock(&vm->clients_mutex);
}

static enum ths_status
client_open(struct ths_vm *vm, struct ths_client **opened)
{
	struct ths_client *client = client_new(vm);
	enum ths_status status;
	struct slot *slot;

	if (client == NULL)
		return THS_NO_MEMORY;
	if (!client_try_sit(client)) {
		client_retire(client);
		return THS_STOPPED;
	}
	status = slots_take(&vm->slots, &client->crew.free_slots, &slot);
	if (status == THS_OK) {
		client_take_slot(client, slot);
		client->slot = slot;
		client->generation = slot->generation;
	} else if (status == THS_LIMIT) {
		counts_add(&client->crew.counts.limited, 1);
	}
	client_stand(client);
	if (status != THS_OK) {
		client_retire(client);
		return status;
	}
	/* Relaxed: a count. */
	atomic_fetch_add_explicit(&vm->clients_open, 1, memory_order_relaxed);
	*opened = client;
	return THS_OK;
}

ths_status
ths_client_open(ths_vm *vm, ths_client **client)
{
	if (vm == NULL || client == NULL)
		return THS_BAD_ARGUMENT;
	if (worker_current() != NULL)
		return THS_WRONG_PLACE;
	if (vm_state(vm) != VM_RUNNING)
		return THS_STOPPED;
	return client_open(vm, client);
}

void
ths_client_close(ths_client *client)
{
	/* Of a VM that stops, or has, the stopper ends the mail. */
	if (client == NULL || !client_try_sit(client))
		return;
	if (client->slot != NULL)
		client_leave_slot(client, client->slot, THS_DEAD_EXITED);
	client->slot = NULL;
	client_drop_drafts(client);
	atomic_fetch_sub_explicit(&client->vm->clients_open, 1,
	    memory_order_relaxed);
	client_stand(client);
	client_retire(client);
}

ths_address
ths_client_address(const ths_client *client)
{
	if (client == NULL || client->slot == NULL)
		return THS_NOBODY;
	return vm_address(client->vm, client->slot->index,
	    client->generation);
}

ths_vm *
ths_client_vm(const ths_client *client)
{
	return client == NULL ? NULL : client->vm;
}

/* ---------------------------------------------------------- default clients */

/* The calling thread's default client, made at first use. */
static enum ths_status
default_client(struct ths_vm *vm, struct ths_client **client)
{
	struct ths_client **place = NULL;
	enum ths_status status;

	if (vm->ports.default_client != NULL) {
		place = vm->ports.default_client(vm->ports.context);
		*client = *place;
	} else {
		*client = pthread_getspecific(vm->client_key);
	}
	if (*client != NULL)
		return THS_OK;
	status = client_open(vm, client);
	if (status != THS_OK)
		return status;
	if (place != NULL)
		*place = *client;
	else if (pthread_setspecific(vm->client_key, *client) != 0)
		status = THS_NO_MEMORY;
	if (status != THS_OK)
		ths_client_close(*client);
	return status;
}

void
client_thread_ended(void *client)
{
	ths_client_close(client);
}

enum ths_status
client_enter(ths_vm *vm, ths_client **client)
{
	if (vm == NULL || (*client != NULL && (*client)->vm != vm))
		return THS_BAD_ARGUMENT;
	if (worker_current() != NULL)
		return THS_WRONG_PLACE;
	(void)fault_strikes(FAULT_ENTRY, vm);
	if (vm_state(vm) != VM_RUNNING)
		return THS_STOPPED;
	if (vm->config.mode == THS_MODE_INLINE)
		pump_fire_due(vm);
	return *client != NULL ? THS_OK : default_client(vm, client);
}

/* --------------------------------------------------------- all of a VM's */

bool
client_wake_waiting(struct ths_vm *vm)
{
	bool found = false;
	struct ths_client *client;

	pthread_mutex_lock(&vm->clients_mutex);
	sched_points_off();
	for (client = client_first(vm); client != NULL; client = client->next) {
		/* Seq_cst: see vm/pump.h. */
		if (atomic_load_explicit(&client->is_waiting,
		    memory_order_seq_cst) == 0)
			continue;
		found = true;
		client_wake(client);
	}
	sched_points_on();
	pthread_mutex_unlock(&vm->clients_mutex);
	return found;
}

void
client_wake_all(struct ths_vm *vm)
{
	struct ths_client *client;

	pthread_mutex_lock(&vm->clients_mutex);
	sched_points_off();
	for (client = client_first(vm); client != NULL; client = client->next)
		client_wake(client);
	sched_points_on();
	pthread_mutex_unlock(&vm->clients_mutex);
}

void
client_clear_desks(struct ths_vm *vm)
{
	/* One made from now on finds the VM stopping at its own desk. */
	struct ths_client *client = client_first(vm);

	for (; client != NULL; client = client->next) {
		client_sit(client);
		client_stand(client);
	}
}

void
client_settle_all(struct ths_vm *vm)
{
	const struct vm_ports *ports = &vm->ports;
	/* One made from now on finds the VM stopping at its own desk. */
	struct ths_client *client = client_first(vm);

	for (; client != NULL; client = client->next) {
		gate_enter(&client->receiving, ports->parker, ports->clock,
		    CLOCK_NEVER);
		client_sit(client);
		if (client->slot != NULL) {
			client->slot->crew = &client->crew;
			(void)strays_drain(client->slot,
			    THS_DEAD_STOPPED);
		}
		client_stand(client);
		gate_leave(&client->receiving);
	}
}

void
client_free_all(struct ths_vm *vm)
{
	struct ths_client *client = client_first(vm);

	while (client != NULL) {
		struct ths_client *next = client->next;

		client_drop_drafts(client);
		crew_fini(&client->crew);
		gate_fini(&client->desk);
		gate_fini(&client->receiving);
		memory_give(&vm->memory, client, sizeof(*client), CACHE_LINE);
		client = next;
	}
	/* Relaxed: nobody else is here any more. */
	atomic_store_explicit(&vm->clients, NULL, memory_order_relaxed);
}
