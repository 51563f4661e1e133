/* SPDX-License-Identifier: MIT */
/* outbox - a burst of mail, kept back for a moment; see outbox.h. */
#include "vm/actor/outbox.h"

#include "base/check.h"
#include "base/sched_point.h"
#include "base/spin.h"
#include "vm/actor/send.h"
#include "vm/crew.h"
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

/* Pushes what helpers have left.  False: the receiver had nothing left to do. */
static bool
push_rest(struct crew *crew)
{
	struct outbox *outbox = &crew->outbox;
	struct slot *slot = outbox->slot;
	enum inbox_pushed pushed = INBOX_QUEUED;
	/* Relaxed: the owner's own. */
	uint32_t length = atomic_load_explicit(&outbox->length,
	    memory_order_relaxed);

	if (length == 0)
		return true;
	if (!crew->worker->is_alone)
		lock(outbox);
	if (LIKELY(length > outbox->taken))
		pushed = push(slot, &outbox->items[outbox->taken],
		    length - outbox->taken);
	outbox->taken = 0;
	/* Relaxed: under the lock, which helpers take before they believe it. */
	atomic_store_explicit(&outbox->length, 0, memory_order_relaxed);
	if (!crew->worker->is_alone)
		unlock(outbox);
	if (pushed == INBOX_QUEUED)
		return true;
	send_wake(crew, slot, pushed);
	return false;
}

void
outbox_learn(struct crew *crew, const ths_type *type,
    const struct envelope *envelope)
{
	struct outbox *outbox = &crew->outbox;

	outbox->type = type;
	outbox->head = envelope->head;
	outbox->size = envelope->size;
	outbox->size_class = envelope->size_class;
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

bool
outbox_help(struct crew *crew, struct crew *victim, uint64_t picks)
{
	struct outbox *outbox = &victim->outbox;
	enum inbox_pushed pushed = INBOX_QUEUED;
	struct slot *slot = NULL;
	uint32_t length;

	if (!is_due(outbox, picks) || !try_lock(outbox))
		return false;
	outbox->seen_rounds = 0;
	/* [L] */
	length = atomic_load_explicit(&outbox->length, memory_order_acquire);
	if (length > outbox->taken) {
		slot = outbox->slot;
		pushed = push(slot, &outbox->items[outbox->taken],
		    length - outbox->taken);
		outbox->taken = length;
	}
	unlock(outbox);
	if (pushed == INBOX_QUEUED)
		return false;
	send_wake(crew, slot, pushed);
	return pushed == INBOX_WAS_IDLE; /* a client wakes by itself */
}
