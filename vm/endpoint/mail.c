/* SPDX-License-Identifier: MIT */
/*
 * mail - what an outside caller receives, or an actor keeps.
 *
 * Mail with a message is its envelope; `next`, the owner's, names the client
 * whose desk takes it back, or, with ENVELOPE_KEPT, the annex of the actor that
 * keeps it.  Mail without one is a place in `refusals`: its index
 * is the status, or, from THS_STATUS_COUNT on, the reason why the question is
 * dead, or, behind those, what is wrong with the call.
 */
#include <string.h>

#include "thespis/failure.h"
#include "vm/actor/annex.h"
#include "vm/actor/keep.h"
#include "vm/endpoint/client.h"
#include "vm/message/layout.h"
#include "vm/observe.h"
#include "vm/vm.h"

enum {
	DEAD_FIRST = THS_STATUS_COUNT,
	MISTAKE_FIRST = DEAD_FIRST + THS_DEAD_COUNT,
	REFUSALS = MISTAKE_FIRST + MISTAKE_COUNT,
};

/* Never read or written: only the addresses of its elements mean anything. */
static const char refusals[REFUSALS];

static const char *const mistake_texts[MISTAKE_COUNT] = {
	[MISTAKE_IN_ASK] = "ths_ask: an argument is not valid",
	[MISTAKE_IN_CALL] = "ths_call: an argument is not valid",
	[MISTAKE_IN_LISTEN] = "ths_listen: an argument is not valid",
	[MISTAKE_NOBODY_TO_TELL] = "ths_tell: nobody is no address to send to",
	[MISTAKE_NOBODY_TO_TELL_WAIT] =
	    "ths_tell_wait: nobody is no address to send to",
	[MISTAKE_NOBODY_TO_ASK] = "ths_ask: nobody is no address to send to",
	[MISTAKE_NOBODY_TO_CALL] = "ths_call: nobody is no address to send to",
};

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
	return (ths_mail *)(uintptr_t)&refusals[DEAD_FIRST + reason];
}

ths_mail *
mail_mistake(enum mistake mistake)
{
	return (ths_mail *)(uintptr_t)&refusals[MISTAKE_FIRST + mistake];
}

enum ths_status
client_mistake(struct ths_vm *vm, enum mistake mistake)
{
	log_write(&vm->log, THS_LOG_WARNING, "%s", mistake_texts[mistake]);
	return THS_BAD_ARGUMENT;
}

/* Which of the refusals it is. */
static size_t
refusal_index(const ths_mail *mail)
{
	return (uintptr_t)mail - (uintptr_t)refusals;
}

enum ths_status
mail_status_of(enum ths_dead_reason reason)
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
	counts_add(&client->crew.counts.handled, 1);
	observe_handled(&client->crew, slot, envelope, envelope->message);
	envelope->next = (struct envelope *)(void *)client;
	return (ths_mail *)(void *)envelope;
}

static enum ths_status
status_of_refusal(size_t index)
{
	if (index < DEAD_FIRST)
		return (ths_status)index;
	return index < MISTAKE_FIRST ?
	    mail_status_of((enum ths_dead_reason)(index - DEAD_FIRST)) :
	    THS_BAD_ARGUMENT;
}

bool
mail_has_message(const ths_mail *mail)
{
	return mail != NULL && !is_refusal(mail);
}

ths_status
ths_mail_status(const ths_mail *mail)
{
	if (mail == NULL)
		return THS_BAD_ARGUMENT;
	if (is_refusal(mail))
		return status_of_refusal(refusal_index(mail));
	return UNLIKELY(envelope_of(mail)->type == SYSTEM_POISON) ?
	    THS_FAILED : THS_OK;
}

static const char *
why_refused(size_t index)
{
	if (index < DEAD_FIRST)
		return ths_status_text((ths_status)index);
	return index < MISTAKE_FIRST ?
	    ths_dead_reason_text((ths_dead_reason)(index - DEAD_FIRST)) :
	    mistake_texts[index - MISTAKE_FIRST];
}

const char *
ths_mail_why(const ths_mail *mail)
{
	const struct envelope *envelope = envelope_of(mail);

	if (mail == NULL)
		return ths_status_text(THS_BAD_ARGUMENT);
	if (is_refusal(mail))
		return why_refused(refusal_index(mail));
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

	if (type == NULL || !mail_has_message(mail))
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

	if (!mail_has_message(mail) || envelope->from_slot == SLOT_NONE)
		return THS_NOBODY;
	return vm_address(vm_of(envelope), envelope->from_slot,
	    envelope->from_generation);
}

void
ths_mail_free(ths_mail *mail)
{
	struct envelope *envelope = envelope_of(mail);
	struct ths_client *client;

	if (!mail_has_message(mail))
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
