/* SPDX-License-Identifier: MIT */
/*
 * draft - a message built in place; see thespis/draft.h.
 *
 * A draft is an envelope among those that its actor keeps.  What a program
 * calls a draft is believed only when it is found there.
 */
#include "vm/actor/draft.h"

#include "vm/actor/heavy.h"
#include "vm/actor/init.h"
#include "vm/actor/keep.h"
#include "vm/actor/seal.h"
#include "vm/actor/send.h"
#include "vm/vm.h"

struct envelope *
draft_new(struct crew *crew, const ths_type *type, size_t extra)
{
	struct envelope *envelope;
	uint32_t number;

	if (type == NULL || crew_type(crew, type, &number) != THS_OK ||
	    system_is_reserved(number) || system_is_answered(number))
		return NULL;
	envelope = heavy_draft(crew, type, extra);
	if (envelope == NULL)
		return NULL;
	envelope->type = number;
	envelope->from_vm = 0;
	envelope->kind = seal_kind(number);
	envelope->flags = ENVELOPE_DRAFT;
	envelope->correlation = 0;
	return envelope;
}

static const ths_type *
type_of(const struct crew *crew, const struct envelope *draft)
{
	return types_entry(&crew->vm->types, draft->type)->type;
}

void *
draft_part(struct crew *crew, struct envelope *draft, size_t size)
{
	struct flat_region extra = heavy_draft_extra(draft,
	    type_of(crew, draft));
	size_t at = (size_t)draft->correlation;

	if (extra.start == NULL || at > extra.size || size > extra.size - at)
		return NULL;
	draft->correlation = (at + size + FLAT_ALIGNMENT - 1) &
	    ~(uint64_t)(FLAT_ALIGNMENT - 1);
	return (char *)(uintptr_t)extra.start + at;
}

enum ths_status
draft_seal(struct crew *crew, struct envelope *draft)
{
	return heavy_draft_seal(crew, type_of(crew, draft), draft);
}

/* ------------------------------------------------------------- of an actor */

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

	if (init_refuses(slot, "ths_new_message"))
		return NULL;
	annex = annex_need(crew, slot);
	if (annex == NULL || keep_need_room(crew, annex) != THS_OK)
		return NULL;
	envelope = draft_new(crew, type, extra);
	if (envelope == NULL)
		return NULL;
	keep_put(annex, envelope);
	return envelope->message;
}

void *
ths_new_part(ths_self *self, void *message, size_t size)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *envelope = find(slot, message);

	return envelope == NULL ? NULL :
	    draft_part(slot->crew, envelope, size);
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
	status = draft_seal(crew, envelope);
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
