/* SPDX-License-Identifier: MIT */
/* stash - mail put aside; see stash.h. */
#include "vm/actor/init.h"
#include "vm/actor/stash.h"

#include "vm/actor/dead.h"
#include "vm/actor/keep.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* Adds the ring `more`, not empty, behind *newest. */
static void
join(struct envelope **newest, struct envelope *more)
{
	if (*newest != NULL) {
		struct envelope *oldest = (*newest)->next;

		(*newest)->next = more->next;
		more->next = oldest;
	}
	*newest = more;
}

/* Opens a ring: its oldest, and behind its newest `rest`. */
static struct envelope *
open_before(struct envelope **newest, struct envelope *rest)
{
	struct envelope *oldest;

	if (*newest == NULL)
		return rest;
	oldest = (*newest)->next;
	(*newest)->next = rest;
	*newest = NULL;
	return oldest;
}

struct envelope *
stash_put_before(struct slot *slot, struct envelope *rest)
{
	slot->flags &= ~(uint32_t)SLOT_RELEASED;
	return open_before(&slot->annex->released, rest);
}

void
stash_end(struct annex *annex)
{
	struct slot *slot = annex->slot;
	struct envelope *envelope = open_before(&annex->stash, NULL);

	envelope = open_before(&annex->released, envelope);
	if (envelope == NULL)
		return;
	while (envelope != NULL) {
		struct envelope *next = envelope->next;

		dead_letter_at(slot, envelope, THS_DEAD_EXITED);
		envelope = next;
	}
	/* It may have told somebody of them. */
	if (slot->crew->outbox.slot != NULL)
		outbox_close(slot->crew);
}

ths_status
ths_stash(ths_self *self)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	struct envelope *envelope;
	struct annex *annex;

	if (!keep_may_take(slot) || slot->current->kind != ENVELOPE_MAIL)
		return init_refusal(slot, "ths_stash", THS_WRONG_PLACE);
	annex = annex_need(crew, slot);
	if (annex == NULL)
		return THS_NO_MEMORY;
	if (annex->stash_length >= crew->vm->config.stash_max) {
		counts_add(&crew->counts.limited, 1);
		return THS_LIMIT;
	}
	envelope = keep_take(slot);
	envelope->next = envelope;
	join(&annex->stash, envelope);
	annex->stash_length++;
	counts_add(&crew->counts.accepted, 1);
	observe_stashed(slot, envelope);
	return THS_OK;
}

uint32_t
ths_unstash_all(ths_self *self)
{
	struct slot *slot = slot_of_self(self);
	struct annex *annex = slot->annex;
	uint32_t length;

	if (annex == NULL || annex->stash_length == 0)
		return 0;
	length = annex->stash_length;
	join(&annex->released, annex->stash);
	annex->stash = NULL;
	annex->stash_length = 0;
	slot->flags |= SLOT_RELEASED;
	return length;
}
