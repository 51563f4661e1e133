/* SPDX-License-Identifier: MIT */
/*
 * outbox - a burst of mail from one handler to one busy actor, kept back for a
 * moment so that it costs one push and not one each.
 *
 * A worker's outbox opens when a handler sends for the second time to a mailbox
 * without a limit in which OUTBOX_BACKLOG messages wait already: whoever is
 * behind so many loses nothing by the few that follow.  From then on what this
 * handler sends to this address is kept, up to OUTBOX_MAX, and pushed as one
 * run; or, when small messages of one type follow each other, as one pack
 * (vm/actor/pack.h).  It closes, and pushes the rest, when the handler returns,
 * and before whatever could be noticed too early: mail to any other address,
 * another life in the same place included, and a spawn.  So the order of mail,
 * also between several actors, is what it would be without.
 *
 * While an init runs its worker's outbox is barred: it takes nothing, and
 * nothing passes it, so what the init sends is refused.
 *
 * A handler may go on for long after its burst.  So that nobody waits for that,
 * a worker that searches for work takes over what has been kept for a moment
 * (outbox_help), as it does with the next slot: worker.h; and when nobody
 * searches, whoever looks after those who stand still (outbox_relieve).
 *
 *   owner:  add (length + 1) … add … push_rest: lock, push, length = 0, unlock
 *   helper:                    lock, push up to length, taken = length, unlock
 *
 * The owner goes on filling a pack meanwhile, so a helper pushes a copy of what
 * is in it.
 *
 * Ordering.
 *   [L] length: store release by the owner -> load acquire by a helper
 *         The helper sees the envelopes, or the pack, and to whom they go.  The
 *         owner never changes `slot` and `pack` while length is not 0, and it
 *         becomes 0 under the lock.
 *   [K] lock: exchange acquire -> store release
 *         Owner and helper push one after the other, so the order is kept; each
 *         sees what the other took.  A worker without others takes no lock.
 *
 * Threads: help: any worker that searches; relieve: any other worker; the rest:
 * the owner.
 * Progress: the owner waits for a helper's push; a helper never waits.
 * Limits: OUTBOX_MAX.
 */
#ifndef VM_ACTOR_OUTBOX_H
#define VM_ACTOR_OUTBOX_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/machine.h"
#include "base/sched_point.h"
#include "mailbox/envelope.h"
#include "thespis/actor.h"

struct crew;
struct slot;

enum {
	OUTBOX_MAX = 64,    /* messages kept back */
	OUTBOX_BACKLOG = 8, /* that wait where it opens */
	OUTBOX_AHEAD = 8,   /* a receiver fetches them so much before */
	OUTBOX_MOMENT_ROUNDS = 16, /* of search, before a helper takes over */
};

/*
 *   field            written by        read by
 *   slot             owner             helper, [L]
 *   to … room  owner             owner
 *   candidate, turn  owner             owner
 *   length           owner             helper, [L]
 *   head, size, pack owner             helper, [L]
 *   items            owner             helper, [L]
 *   lock             owner, helper     both, [K]
 *   taken            owner, helper     both, under the lock
 *   seen_*           whoever searches  the same
 */
struct outbox {
	alignas(CACHE_LINE) struct slot *slot; /* NULL: it is closed; itself:
						* it is barred */
	ths_address to;           /* the same, as its sender names it */
	const ths_type *type;     /* the one remembered; NULL: none */
	struct envelope_head head; /* of such a message */
	uint16_t size;            /* and its size */
	uint16_t room;            /* of a pack of them; 0: they are too large */
	_Atomic uint32_t length;  /* [L] */
	struct envelope *pack;    /* NULL: what is kept stands in items */
	unsigned char *place;     /* in it, of the next message */
	struct envelope *items[OUTBOX_MAX];
	const struct slot *candidate; /* got a message in handler number turn */
	uint64_t turn;
	alignas(CACHE_LINE) _Atomic uint32_t lock; /* [K] */
	uint32_t taken; /* of items, by helpers */
	uint32_t seen_length;
	uint32_t seen_rounds; /* for which nothing has changed */
	uint64_t seen_picks;
};

/*
 * Tells a closed outbox that a message to the slot that `to` names found many
 * before it, in handler number `turn` of this crew: the second time in one
 * handler, it opens.  Start and exit have the number of the handler that comes
 * next, so it may open at the first message of one; that is as good.
 */
static inline void
outbox_consider(struct outbox *outbox, struct slot *slot, ths_address to,
    uint64_t turn)
{
	if (outbox->candidate == slot && outbox->turn == turn) {
		outbox->slot = slot;
		outbox->to = to;
	} else {
		outbox->candidate = slot;
		outbox->turn = turn;
	}
}

/* Lets nothing pass a closed outbox until outbox_unbar(). */
static inline void
outbox_bar(struct outbox *outbox)
{
	outbox->slot = (struct slot *)(void *)outbox;
}

static inline void
outbox_unbar(struct outbox *outbox)
{
	outbox->slot = NULL;
}

static inline bool
outbox_is_barred(const struct outbox *outbox)
{
	return outbox->slot == (const void *)outbox;
}

/* Remembers a type, by an envelope just sealed and addressed. */
void outbox_learn(struct crew *crew, const ths_type *type,
    const struct envelope *envelope);

/* Begins a pack of the type remembered, and pushes what was kept before.
 * False: it has closed, or such messages are too large, or there is no
 * memory. */
bool outbox_begin_pack(struct crew *crew);

/* Pushes what is kept back; stays open if the receiver has more to do. */
void outbox_push(struct crew *crew);

/* Pushes what is kept back, and closes it. */
void outbox_close(struct crew *crew);

/* Relaxed: the owner's own. */
static inline uint32_t
outbox_length(const struct outbox *outbox)
{
	return atomic_load_explicit(&outbox->length, memory_order_relaxed);
}

/* Shows what was kept to helpers. */
static inline void
outbox_set_length(struct outbox *outbox, uint32_t length)
{
	sched_point(SCHED_SITE_INBOX);
	/* [L] */
	atomic_store_explicit(&outbox->length, length, memory_order_release);
}

/*
 * Keeps an envelope, sealed and addressed to its slot, and counted; no pack is
 * begun.  True: the outbox is full, and outbox_push() is next.
 */
static inline bool
outbox_add(struct outbox *outbox, struct envelope *envelope)
{
	uint32_t length = outbox_length(outbox);

	outbox->items[length] = envelope;
	outbox_set_length(outbox, length + 1);
	return length + 1 == OUTBOX_MAX;
}

/* The same for a message that was put where `place` says. */
static inline bool
outbox_add_packed(struct outbox *outbox)
{
	uint32_t length = outbox_length(outbox) + 1;

	outbox->place += outbox->size;
	outbox_set_length(outbox, length);
	return length == outbox->room;
}

/* True when it is open for mail to this address. */
static inline bool
outbox_goes_to(const struct outbox *outbox, ths_address to)
{
	return outbox->to.vm == to.vm && outbox->to.slot == to.slot &&
	    outbox->to.generation == to.generation;
}

/*
 * Takes over what another worker's outbox has kept for a moment; `picks` tells
 * whether that worker has moved.  True: a task became ready at crew's worker.
 */
bool outbox_help(struct crew *crew, struct crew *victim, uint64_t picks);

/* The same at once, of a worker that is known to stand still. */
bool outbox_relieve(struct crew *crew, struct crew *victim);

#endif
