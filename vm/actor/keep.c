/* SPDX-License-Identifier: MIT */
/* keep - a message leaves the slice that handles it; see keep.h. */
#include "vm/actor/init.h"
#include "vm/actor/keep.h"

#include <stdalign.h>
#include <string.h>

#include "vm/actor/send.h"
#include "vm/actor/slice.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

enum { ROOM_MIN = 8 }; /* of an array, the first time */

/* ------------------------------------------------------------------- taking */

bool
keep_may_take(const struct slot *slot)
{
	const struct envelope *current = slot->current;

	return current != NULL && !(slot->flags & SLOT_TAKEN) &&
	    (current->kind == ENVELOPE_MAIL ||
	    (current->kind == ENVELOPE_ANSWER &&
	    current->type != SYSTEM_WAKEUP));
}

struct envelope *
keep_take(struct slot *slot)
{
	struct envelope *envelope = slot->current;
	struct envelope *stub = keep_stub(slot->crew);

	if (!keep_may_take(slot))
		return NULL;
	/* Only one that is handled where it lies has none behind it there. */
	slice_take_past(slot, envelope);
	memcpy(stub, envelope, ENVELOPE_HEADER_SIZE);
	/* What the inbox has written, and what is not to be followed here. */
	stub->next = NULL;
	stub->size = 0;
	stub->size_class = 0;
	envelope->kind = ENVELOPE_MAIL;
	envelope->flags &= ENVELOPE_QUESTION;
	slot->current = stub;
	slot->flags |= SLOT_TAKEN;
	return envelope;
}

/* -------------------------------------------------------------------- array */

static void
give_array(struct annex *annex)
{
	memory_give(&annex->vm->memory, annex->kept,
	    annex->kept_room * sizeof(struct envelope *),
	    alignof(struct envelope *));
}

enum ths_status
keep_need_room(struct crew *crew, struct annex *annex)
{
	uint32_t room = annex->kept_room == 0 ? ROOM_MIN :
	    2 * annex->kept_room;
	struct envelope **kept;

	if (annex->kept_length >= crew->vm->config.kept_max) {
		counts_add(&crew->counts.limited, 1);
		return THS_LIMIT;
	}
	if (annex->kept_length < annex->kept_room)
		return THS_OK;
	kept = memory_take(&crew->vm->memory, room * sizeof(*kept),
	    alignof(struct envelope *));
	if (kept == NULL)
		return THS_NO_MEMORY;
	if (annex->kept != NULL) {
		memcpy(kept, annex->kept, annex->kept_length * sizeof(*kept));
		give_array(annex);
	}
	annex->kept = kept;
	annex->kept_room = room;
	return THS_OK;
}

void
keep_put(struct annex *annex, struct envelope *envelope)
{
	envelope->flags |= ENVELOPE_KEPT;
	envelope->next = (struct envelope *)(void *)annex;
	envelope->to_generation = annex->kept_length;
	annex->kept[annex->kept_length++] = envelope;
}

static bool
is_kept_by(const struct annex *annex, const struct envelope *envelope)
{
	return annex != NULL && envelope->flags & ENVELOPE_KEPT &&
	    envelope->next == (const void *)annex &&
	    envelope->to_generation < annex->kept_length &&
	    annex->kept[envelope->to_generation] == envelope;
}

void
keep_take_out(struct annex *annex, struct envelope *envelope)
{
	/* The newest takes its place. */
	struct envelope *newest = annex->kept[--annex->kept_length];

	newest->to_generation = envelope->to_generation;
	annex->kept[newest->to_generation] = newest;
	envelope->flags &= ENVELOPE_QUESTION;
}

void
keep_free(struct envelope *envelope)
{
	struct annex *annex = (struct annex *)(void *)envelope->next;
	const struct worker *worker = worker_current();
	struct crew *crew = annex->slot->crew;

	if (worker == NULL || worker->user != crew) {
		log_write(&annex->vm->log, THS_LOG_ERROR,
		    "kept mail is given back by its actor only");
		return;
	}
	if (!is_kept_by(annex, envelope))
		return;
	keep_take_out(annex, envelope);
	pool_give(&crew->cache, envelope);
}

void
keep_end(struct crew *crew, struct annex *annex)
{
	for (uint32_t i = 0; i < annex->kept_length; i++)
		pool_give(&crew->cache, annex->kept[i]);
	give_array(annex);
}

/* ------------------------------------------------------------------- public */

ths_mail *
ths_keep(ths_self *self)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	struct annex *annex;
	struct envelope *envelope;
	enum ths_status status;

	if (!keep_may_take(slot))
		return mail_refused(init_refusal(slot, "ths_keep",
		    THS_WRONG_PLACE));
	annex = annex_need(crew, slot);
	status = annex == NULL ? THS_NO_MEMORY : keep_need_room(crew, annex);
	if (status != THS_OK)
		return mail_refused(status);
	envelope = keep_take(slot);
	keep_put(annex, envelope);
	return (ths_mail *)(void *)envelope;
}

ths_status
ths_forward(ths_self *self, ths_address to)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *envelope = keep_take(slot);

	if (envelope == NULL)
		return init_refusal(slot, "ths_forward", THS_WRONG_PLACE);
	send_on(slot->crew, to, envelope);
	return THS_OK;
}

ths_status
ths_forward_mail(ths_self *self, ths_mail *mail, ths_address to)
{
	struct slot *slot = slot_of_self(self);
	struct envelope *envelope = (struct envelope *)(void *)mail;

	if (!mail_has_message(mail) || !is_kept_by(slot->annex, envelope))
		return init_refusal(slot, "ths_forward_mail",
		    THS_BAD_ARGUMENT);
	keep_take_out(slot->annex, envelope);
	send_on(slot->crew, to, envelope);
	return THS_OK;
}
