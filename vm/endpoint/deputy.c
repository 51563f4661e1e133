/* SPDX-License-Identifier: MIT */
/*
 * deputy - a client without a mailbox, which sends from an actor's address; see
 * thespis/deputy.h.
 *
 * The actor is not held: the slot is type-stable, and [I] of vm/actor/slot.h
 * tells whether that life lasts.  One that ends meanwhile has sent a last
 * message.
 */
#include "thespis/deputy.h"

#include <stdarg.h>
#include <stdio.h>

#include "vm/actor/init.h"
#include "vm/actor/wakeup.h"
#include "vm/admin/inspect.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

struct ths_deputy {
	struct ths_client client;
};

ths_status
ths_deputy_open(ths_self *self, ths_deputy **deputy)
{
	struct slot *slot;
	struct ths_client *client;

	if (self == NULL || deputy == NULL)
		return THS_BAD_ARGUMENT;
	slot = slot_of_self(self);
	if (vm_state(slot->crew->vm) != VM_RUNNING)
		return THS_STOPPED;
	if (init_refuses(slot, "ths_deputy_open"))
		return THS_NOT_READY;
	if (slot->flags & (SLOT_LEAVING | SLOT_EXITING))
		return THS_WRONG_PLACE;
	client = client_new(slot->crew->vm);
	if (client == NULL)
		return THS_NO_MEMORY;
	client->principal = slot;
	client->generation = slot->generation;
	/* Relaxed: the consumer's own. */
	client->kind = inspect_kind(client->vm, atomic_load_explicit(
	    &slot->kind, memory_order_relaxed));
	*deputy = CONTAINER_OF(client, struct ths_deputy, client);
	return THS_OK;
}

void
ths_deputy_close(ths_deputy *deputy)
{
	/* Of a VM that stops, or has, it is freed with the others. */
	if (deputy == NULL || !client_try_sit(&deputy->client))
		return;
	deputy->client.principal = NULL;
	client_stand(&deputy->client);
	client_retire(&deputy->client);
}

ths_address
ths_deputy_address(const ths_deputy *deputy)
{
	const struct ths_client *client = &deputy->client;

	return vm_address(client->vm, client->principal->index,
	    client->generation);
}

/* [I] of vm/actor/slot.h */
static bool
lives(const struct ths_client *client)
{
	const struct slot *slot = client->principal;

	return atomic_load_explicit(&slot->is_alive, memory_order_acquire) &&
	    atomic_load_explicit(&slot->life, memory_order_acquire) ==
	    client->generation;
}

/* What every call begins with; THS_OK: at the desk. */
static enum ths_status
sit(ths_deputy *deputy)
{
	struct ths_client *client;
	enum ths_status status;

	if (deputy == NULL)
		return THS_BAD_ARGUMENT;
	client = &deputy->client;
	status = client_enter(client->vm, &client);
	if (status != THS_OK)
		return status;
	if (!lives(client))
		return THS_GONE;
	return client_try_sit(client) ? THS_OK : THS_STOPPED;
}

ths_status
ths_deputy_send_message(ths_deputy *deputy, ths_address to,
    const ths_type *type, const void *message)
{
	enum ths_status status = sit(deputy);
	struct ths_client *client;
	struct sender sender;

	if (status != THS_OK)
		return status;
	client = &deputy->client;
	sender = (struct sender){ &client->crew, client->principal->index,
		client->generation };
	status = send_message(&sender, to, type, message);
	client_stand(client);
	return status;
}

ths_status
ths_deputy_timer_set(ths_deputy *deputy, ths_duration delay, uint64_t payload,
    ths_timer *timer)
{
	enum ths_status status = sit(deputy);
	struct ths_client *client;

	if (status != THS_OK)
		return status;
	client = &deputy->client;
	status = wakeup_set_from_outside(&client->crew,
	    ths_deputy_address(deputy), delay, payload, timer);
	client_stand(client);
	return status;
}

void
ths_deputy_log(const ths_deputy *deputy, ths_log_level level,
    const char *format, ...)
{
	const struct ths_client *client = &deputy->client;
	struct log *log = &client->vm->log;
	char text[LOG_LINE_MAX];
	va_list arguments;

	if (level < THS_LOG_DEBUG || level > THS_LOG_ERROR ||
	    !log_wants(log, level))
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_write(log, level, "%s %u.%u: %s", client->kind,
	    client->principal->index, client->generation, text);
}
