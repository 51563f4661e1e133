/* SPDX-License-Identifier: MIT */
/* status - what a VM has counted, as numbers and as a table; see thespis/vm.h. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
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
	for (uint32_t i = 0; i < vm->config.workers; i++) {
		add_counts(status, &vm->crews[i].counts);
		status->timers += wheel_length(
		    vm->scheduler.workers[i].wheel);
	}
	add_clients(status, vm);
	status->names = names_length(&vm->names);
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
}

bool
ths_vm_worker_status_read(const ths_vm *vm, uint32_t index,
    ths_worker_status *status)
{
	const struct worker_counts *counts;
	uint64_t since;

	if (index >= vm->config.workers)
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

/* ------------------------------------------------------------------- table */

struct text {
	char *at;
	size_t room; /* left, NUL included */
	size_t size; /* of all lines so far */
};

static void
line(struct text *text, const char *format, ...) THS_PRINTF(2, 3);

static void
line(struct text *text, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text->at, text->room, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	text->size += (size_t)length;
	if ((size_t)length < text->room) {
		text->at += length;
		text->room -= (size_t)length;
	} else if (text->room > 0) {
		text->at += text->room - 1;
		text->room = 1;
	}
}

static void
print_messages(struct text *text, const ths_vm_status *status)
{
	line(text, "actors    %" PRIu64 " alive, %" PRIu64 " spawned, %" PRIu64
	    " exited\n", status->actors, status->spawned, status->exited);
	line(text, "messages  %" PRIu64 " accepted, %" PRIu64 " handled, %"
	    PRIu64 " absorbed, %" PRIu64 " queued\n", status->accepted,
	    status->handled, status->absorbed, status->queued);
	line(text, "failures  %" PRIu64 " handlers, %" PRIu64 " retried, %"
	    PRIu64 " poisoned, %" PRIu64 " limits hit\n", status->failed,
	    status->retried, status->poisoned, status->limits_hit);
	line(text, "timers    %" PRIu64 " set\n", status->timers);
	line(text, "memory    %.1f MiB\n", (double)status->memory / MiB);
}

static void
print_dead(struct text *text, const ths_vm_status *status)
{
	uint64_t dead = 0;

	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += status->dead[i];
	line(text, "dead      %" PRIu64 " letters\n", dead);
	for (int i = 0; i < THS_DEAD_COUNT; i++) {
		if (status->dead[i] > 0)
			line(text, "          %" PRIu64 " %s\n",
			    status->dead[i],
			    ths_dead_reason_text((ths_dead_reason)i));
	}
}

/* Where a name is printed. */
struct names_text {
	const struct ths_vm *vm;
	struct text *text;
};

static void
print_name(void *context, const char *name, uint32_t slot, uint32_t generation)
{
	const struct names_text *to = context;
	char address[THS_ADDRESS_TEXT_SIZE];

	line(to->text, "          %s %s\n", ths_address_print(vm_address(to->vm,
	    slot, generation), address), name);
}

static void
print_names(struct text *text, const ths_vm *vm, const ths_vm_status *status)
{
	struct names_text to = { vm, text };

	line(text, "names     %" PRIu64 " held\n", status->names);
	names_each(&vm->names, print_name, &to);
}

static void
print_workers(struct text *text, const ths_vm *vm)
{
	ths_worker_status worker;

	line(text, "worker   busy ms      slices    messages    steals"
	    "     parks     wakes\n");
	for (uint32_t i = 0; ths_vm_worker_status_read(vm, i, &worker); i++)
		line(text, "%6" PRIu32 " %9.1f %11" PRIu64 " %11" PRIu64
		    " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 "\n", i,
		    (double)worker.busy_ns / 1e6, worker.slices,
		    worker.messages, worker.steals, worker.parks,
		    worker.wakes);
}

size_t
ths_vm_status_print(const ths_vm *vm, char *buffer, size_t size)
{
	struct text text = { buffer, size, 0 };
	ths_vm_status status;

	ths_vm_status_read(vm, &status);
	if (size > 0)
		buffer[0] = '\0';
	print_messages(&text, &status);
	print_dead(&text, &status);
	print_names(&text, vm, &status);
	print_workers(&text, vm);
	return text.size;
}
