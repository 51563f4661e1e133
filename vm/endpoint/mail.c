/* SPDX-License-Identifier: MIT */
/*
 * mail - what an outside caller receives, or an actor keeps.
 *
 * Mail with a message is its envelope; `next`, the owner's, names the client
 * whose desk takes it back, or, with ENVELOPE_KEPT, the annex of the actor that
 * keeps it.  Mail without one is a place in `refusals`: its index
 * is the status, or, from THS_STATUS_COUNT on, the reason why the question is
 * dead.
 */
#include <string.h>

#include "thespis/failure.h"
#include "vm/actor/annex.h"
#include "vm/actor/keep.h"
#include "vm/endpoint/client.h"
#include "vm/message/layout.h"
#include "vm/vm.h"

/* Never read or written: only the addresses of its elements mean anything. */
static const char refusals[THS_STATUS_COUNT + THS_DEAD_COUNT];

static bool
is_refusal(const ths_mail *mail)
{
	uintptr_t at = (uintptr_t)mail - (uintptr_t)refusals;

	return at < sizeof(refusals);
}

static struct envelope *
envelope_of(const ths_mail *mail)
{
	return (struct envelope *)(uintptr_t)mail;
}

static struct ths_client *
client_of(const struct envelope *envelope)
{
	return (struct ths_client *)(void *)envelope->next;
}

/* The VM of mail with a message. */
static const struct ths_vm *
vm_of(const struct envelope *envelope)
{
	return envelope->flags & ENVELOPE_KEPT ?
	    ((const struct annex *)(const void *)envelope->next)->vm :
	    client_of(envelope)->vm;
}

ths_mail *
mail_refused(enum ths_status status)
{
	return (ths_mail *)(uintptr_t)&refusals[status];
}

ths_mail *
mail_dead(enum ths_dead_reason reason)
{
	return (ths_mail *)(uintptr_t)&refusals[THS_STATUS_COUNT + reason];
}

/* Which of the refusals it is. */
static size_t
refusal_index(const ths_mail *mail)
{
	return (uintptr_t)mail - (uintptr_t)refusals;
}

/* What a caller is told whose question is dead for this reason. */
static enum ths_status
status_of(enum ths_dead_reason reason)
{
	switch (reason) {
	case THS_DEAD_NOBODY:
	case THS_DEAD_STALE:
	case THS_DEAD_EXITED:
	case THS_DEAD_FOREIGN:
	case THS_DEAD_LATE:
		return THS_GONE;
	case THS_DEAD_FULL:
		return THS_FULL;
	case THS_DEAD_NO_MEMORY:
		return THS_NO_MEMORY;
	case THS_DEAD_UNHANDLED:
		return THS_REFUSED;
	case THS_DEAD_STOPPED:
		return THS_STOPPED;
	case THS_DEAD_COUNT:
		break;
	}
	return THS_FAILED;
}

ths_mail *
mail_of(struct ths_client *client, struct slot *slot, struct envelope *envelope)
{
	const struct vm_ports *ports = &client->vm->ports;

	counts_add(&client->crew.counts.handled, 1);
	if (ports->handled != NULL)
		ports->handled(ports->context, slot, envelope);
	envelope->next = (struct envelope *)(void *)client;
	return (ths_mail *)(void *)envelope;
}

ths_status
ths_mail_status(const ths_mail *mail)
{
	if (mail == NULL)
		return THS_BAD_ARGUMENT;
	if (!is_refusal(mail))
		return THS_OK;
	if (refusal_index(mail) < THS_STATUS_COUNT)
		return (ths_status)refusal_index(mail);
	return status_of((enum ths_dead_reason)(refusal_index(mail) -
	    THS_STATUS_COUNT));
}

const char *
ths_mail_why(const ths_mail *mail)
{
	const struct envelope *envelope = envelope_of(mail);

	if (is_refusal(mail) && refusal_index(mail) >= THS_STATUS_COUNT)
		return ths_dead_reason_text((ths_dead_reason)
		    (refusal_index(mail) - THS_STATUS_COUNT));
	if (ths_mail_status(mail) != THS_OK)
		return ths_status_text(ths_mail_status(mail));
	if (envelope->type == SYSTEM_POISON)
		return ((const struct ths_poison *)(const void *)
		    envelope->message)->details;
	return types_entry(&vm_of(envelope)->types,
	    envelope->type)->name;
}

static bool
is_of(const struct type_entry *entry, const ths_type *type)
{
	return entry->type == type || (entry->size == type->size &&
	    strcmp(entry->name, type->name) == 0 &&
	    entry->digest == layout_digest(type));
}

const void *
ths_mail_message(const ths_mail *mail, const ths_type *type)
{
	const struct envelope *envelope = envelope_of(mail);
	const struct types *types;
	uint32_t number;

	if (type == NULL || ths_mail_status(mail) != THS_OK)
		return NULL;
	types = &vm_of(envelope)->types;
	for (number = envelope->type; number != 0;) {
		const struct type_entry *entry = types_entry(types, number);

		if (is_of(entry, type))
			return envelope->message;
		number = entry->parent;
	}
	return NULL;
}

ths_address
ths_mail_sender(const ths_mail *mail)
{
	const struct envelope *envelope = envelope_of(mail);

	if (ths_mail_status(mail) != THS_OK ||
	    envelope->from_slot == SLOT_NONE)
		return THS_NOBODY;
	return vm_address(vm_of(envelope), envelope->from_slot,
	    envelope->from_generation);
}

void
ths_mail_free(ths_mail *mail)
{
	struct envelope *envelope = envelope_of(mail);
	struct ths_client *client;

	if (mail == NULL || is_refusal(mail))
		return;
	if (envelope->flags & ENVELOPE_KEPT) {
		keep_free(envelope);
		return;
	}
	client = client_of(envelope);
	client_sit(client);
	pool_give(&client->crew.cache, envelope);
	client_stand(client);
}
