/* SPDX-License-Identifier: MIT */
/*
 * draft - a message built in place; see thespis/draft.h.
 *
 * A draft is an envelope among those that its actor keeps.  Its `correlation`
 * says how many bytes of it are taken; the envelope's kind is that of the
 * message.  What a program calls a draft is believed only when it is found
 * there.
 */
#include "thespis/draft.h"

#include <string.h>

#include "vm/actor/init.h"
#include "vm/actor/keep.h"
#include "vm/actor/send.h"
#include "vm/message/flat.h"
#include "vm/vm.h"

static size_t
aligned(size_t size)
{
	return (size + THS_STATE_ALIGNMENT - 1) &
	    ~(size_t)(THS_STATE_ALIGNMENT - 1);
}

/* The envelope of a draft of this actor's, or NULL. */
static struct envelope *
find(const struct slot *slot, const void *message)
{
	const struct annex *annex = slot->annex;

	for (uint32_t i = annex == NULL ? 0 : annex->kept_length; i > 0; i--) {
		struct envelope *envelope = annex->kept[i - 1];

		if (envelope->message == message &&
		    envelope->flags & ENVELOPE_DRAFT)
			return envelope;
	}
	return NULL;
}

void *
ths_new_message(ths_self *self, const ths_type *type, size_t extra)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	struct envelope *envelope;
	struct annex *annex;
	uint32_t number;
	size_t size;

	if (init_refuses(slot, "ths_new_message"))
		return NULL;
	if (type == NULL || type->size > THS_FLAT_SIZE_MAX ||
	    extra > THS_FLAT_SIZE_MAX)
		return NULL;
	size = extra == 0 ? type->size : aligned(type->size) + extra;
	if (size > THS_FLAT_SIZE_MAX ||
	    crew_type(crew, type, &number) != THS_OK ||
	    system_is_reserved(number))
		return NULL;
	annex = annex_need(crew, slot);
	if (annex == NULL || keep_need_room(crew, annex) != THS_OK)
		return NULL;
	envelope = pool_take(&crew->cache, (uint32_t)size);
	if (envelope == NULL)
		return NULL;
	envelope->type = number;
	envelope->from_vm = 0;
	envelope->kind = send_kind(number);
	envelope->flags = ENVELOPE_DRAFT;
	envelope->correlation = aligned(type->size);
	memset(envelope->message, 0, type->size);
	keep_put(annex, envelope);
	return envelope->message;
}

void *
ths_new_part(ths_self *self, void *message, size_t size)
{
	struct envelope *envelope = find(slot_of_self(self), message);
	size_t at;

	if (envelope == NULL || envelope->correlation > envelope->size ||
	    size > envelope->size - envelope->correlation)
		return NULL;
	at = envelope->correlation;
	envelope->correlation = at + aligned(size);
	return envelope->message + at;
}

ths_status
ths_send_new(ths_self *self, ths_address to, void *message)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	struct envelope *envelope = find(slot, message);
	enum ths_status status;

	if (envelope == NULL)
		return init_refusal(slot, "ths_send_new", THS_BAD_ARGUMENT);
	status = flat_check(types_entry(&crew->vm->types,
	    envelope->type)->type, message, envelope->size);
	if (status != THS_OK)
		return status;
	keep_take_out(slot->annex, envelope);
	envelope->from_slot = slot->index;
	envelope->from_generation = slot->generation;
	send_on(crew, to, envelope);
	return THS_OK;
}

ths_status
ths_drop(ths_self *self, void *message)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *envelope = find(slot, message);

	if (message == NULL)
		return THS_OK;
	if (envelope == NULL)
		return THS_BAD_ARGUMENT;
	keep_take_out(slot->annex, envelope);
	pool_give(&slot->crew->cache, envelope);
	return THS_OK;
}
