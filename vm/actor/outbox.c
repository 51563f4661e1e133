/* SPDX-License-Identifier: MIT */
/* outbox - a burst of mail, kept back for a moment; see outbox.h. */
#include "vm/actor/outbox.h"

#include "base/check.h"
#include "base/sched_point.h"
#include "base/spin.h"
#include "vm/actor/pack.h"
#include "vm/actor/send.h"
#include "vm/crew.h"
#include "vm/observe.h"
#include "vm/vm.h"

static bool
try_lock(struct outbox *outbox)
{
	sched_point(SCHED_SITE_INBOX);
	/* [K] */
	return atomic_exchange_explicit(&outbox->lock, 1,
	    memory_order_acquire) == 0;
}

static void
lock(struct outbox *outbox)
{
	/* Ends when the helper has pushed. */
	for (uint32_t turn = 1; !try_lock(outbox); turn++)
		spin_turn(turn);
}

static void
unlock(struct outbox *outbox)
{
	sched_point(SCHED_SITE_INBOX);
	/* [K] */
	atomic_store_explicit(&outbox->lock, 0, memory_order_release);
}

/* Chains items, and tells each which one to fetch early when it is met. */
static void
chain(struct envelope *const *items, uint32_t length)
{
	uint32_t i = 0;

	for (; i + OUTBOX_AHEAD < length; i++) {
		items[i]->next = items[i + 1];
		items[i]->correlation = (uintptr_t)items[i + OUTBOX_AHEAD];
		items[i]->flags = ENVELOPE_AHEAD;
	}
	for (; i + 1 < length; i++)
		items[i]->next = items[i + 1];
}

static enum inbox_pushed
push(struct slot *slot, struct envelope *const *items, uint32_t length)
{
	if (length == 1)
		return inbox_push(&slot->inbox, items[0], 0);
	chain(items, length);
	return inbox_push_run(&slot->inbox, items[0], items[length - 1],
	    length);
}

/* The same for the pack, which helpers may have copied. */
static enum inbox_pushed
push_pack(struct crew *crew, uint32_t length)
{
	struct outbox *outbox = &crew->outbox;
	struct envelope *pack = outbox->pack;

	outbox->pack = NULL;
	if (UNLIKELY(length == outbox->taken)) {
		pool_give(&crew->cache, pack);
		return INBOX_QUEUED;
	}
	pack_set(pack, outbox->taken, length);
	return inbox_push_many(&outbox->slot->inbox, pack,
	    length - outbox->taken);
}

/* Pushes what helpers have left.  False: the receiver had nothing left
 * to do. */
static bool
push_rest(struct crew *crew)
{
	struct outbox *outbox = &crew->outbox;
	struct slot *slot = outbox->slot;
	enum inbox_pushed pushed = INBOX_QUEUED;
	uint32_t length = outbox_length(outbox);

	if (length == 0)
		return true;
	if (!crew->worker->is_alone)
		lock(outbox);
	if (LIKELY(outbox->pack != NULL))
		pushed = push_pack(crew, length);
	else if (LIKELY(length > outbox->taken))
		pushed = push(slot, &outbox->items[outbox->taken],
		    length - outbox->taken);
	outbox->taken = 0;
	/* Relaxed: under the lock, which helpers take before they
	 * believe it. */
	atomic_store_explicit(&outbox->length, 0, memory_order_relaxed);
	if (!crew->worker->is_alone)
		unlock(outbox);
	if (pushed == INBOX_QUEUED)
		return true;
	send_wake(crew, slot, pushed);
	return false;
}

/* How many messages of this size a pack holds. */
static uint16_t
pack_room(uint32_t size)
{
	if (size > PACK_MESSAGE_MAX)
		return 0;
	if (size * OUTBOX_MAX <= PACK_BYTES_MAX)
		return OUTBOX_MAX;
	return (uint16_t)(PACK_BYTES_MAX / size);
}

void
outbox_learn(struct crew *crew, const ths_type *type,
    const struct envelope *envelope)
{
	struct outbox *outbox = &crew->outbox;

	outbox->type = type;
	outbox->head = envelope->head;
	outbox->size = envelope->size;
	outbox->room = pack_room(envelope->size);
}

static void
shut(struct outbox *outbox)
{
	outbox->slot = NULL;
	outbox->type = NULL;
}

void
outbox_push(struct crew *crew)
{
	if (!push_rest(crew))
		shut(&crew->outbox);
}

bool
outbox_begin_pack(struct crew *crew)
{
	struct outbox *outbox = &crew->outbox;

	if (outbox->room == 0)
		return false;
	if (outbox_length(outbox) > 0)
		outbox_push(crew);
	if (outbox->slot == NULL)
		return false;
	outbox->pack = pack_new(&crew->cache, &outbox->head, outbox->room);
	if (UNLIKELY(outbox->pack == NULL))
		return false;
	outbox->place = outbox->pack->message;
	return true;
}

void
outbox_close(struct crew *crew)
{
	push_rest(crew);
	shut(&crew->outbox);
}

/* True when an outbox has something and has stood still for a moment. */
static bool
is_due(struct outbox *outbox, uint64_t picks)
{
	/* Relaxed: a hint; looked at again under the lock. */
	uint32_t length = atomic_load_explicit(&outbox->length,
	    memory_order_relaxed);

	if (LIKELY(length == 0))
		return false;
	if (outbox->seen_length != length || outbox->seen_picks != picks) {
		outbox->seen_length = length;
		outbox->seen_picks = picks;
		outbox->seen_rounds = 0;
		return false;
	}
	return ++outbox->seen_rounds >= OUTBOX_MOMENT_ROUNDS;
}

/* Copies `length` messages of the victim's pack; NULL without memory. */
static struct envelope *
copy_pack(struct crew *crew, const struct outbox *outbox, uint32_t length)
{
	struct envelope *copy = pack_new(&crew->cache, &outbox->head, length);
	size_t size = outbox->size;

	if (copy == NULL)
		return NULL;
	memcpy(copy->message, outbox->pack->message + size * outbox->taken,
	    size * length);
	pack_set(copy, 0, length);
	observe_split(crew, outbox->pack, copy, length);
	return copy;
}

/* Pushes what the victim has kept up to `length`; its lock is held. */
static enum inbox_pushed
push_for(struct crew *crew, struct outbox *outbox, uint32_t length)
{
	struct envelope **items = &outbox->items[outbox->taken];
	uint32_t rest = length - outbox->taken;
	struct envelope *copy = NULL;

	if (outbox->pack != NULL) {
		copy = copy_pack(crew, outbox, rest);
		if (copy == NULL)
			return INBOX_QUEUED; /* the victim does it */
	}
	outbox->taken = length;
	return copy == NULL ? push(outbox->slot, items, rest) :
	    inbox_push_many(&outbox->slot->inbox, copy, rest);
}

/* Takes over what the victim has kept; its lock is held, and given back. */
static bool
take_over(struct crew *crew, struct crew *victim)
{
	struct outbox *outbox = &victim->outbox;
	enum inbox_pushed pushed = INBOX_QUEUED;
	struct slot *slot = NULL;
	/* [L] */
	uint32_t length = atomic_load_explicit(&outbox->length,
	    memory_order_acquire);

	if (length > outbox->taken) {
		slot = outbox->slot;
		pushed = push_for(crew, outbox, length);
	}
	unlock(outbox);
	if (pushed == INBOX_QUEUED)
		return false;
	send_wake(crew, slot, pushed);
	return pushed == INBOX_WAS_IDLE; /* a client wakes by itself */
}

bool
outbox_help(struct crew *crew, struct crew *victim, uint64_t picks)
{
	struct outbox *outbox = &victim->outbox;

	if (!is_due(outbox, picks) || !try_lock(outbox))
		return false;
	outbox->seen_rounds = 0;
	return take_over(crew, victim);
}

bool
outbox_relieve(struct crew *crew, struct crew *victim)
{
	/* Relaxed: a hint; looked at again under the lock. */
	if (atomic_load_explicit(&victim->outbox.length,
	    memory_order_relaxed) == 0 || !try_lock(&victim->outbox))
		return false;
	return take_over(crew, victim);
}
