/* SPDX-License-Identifier: MIT */
/*
 * pack - many messages of one plain type, from one handler to one actor, in one
 * envelope: they share its header and lie one behind the other.
 *
 *   | header: kind ENVELOPE_PACK, size of one | m0 | m1 | m2 | m3 | ...
 *                                                  next ^         ^ end
 *
 * A burst of small messages so costs a line of memory per eight of them, not
 * one each.  Nobody but the sender's outbox makes a pack, and nobody but the
 * consumer of the mailbox sees one: each message gets an envelope of its own
 * before it is met, which the next one uses again unless its handler took it.
 * In an inbox a pack counts as what is in it.
 *
 * `next` and `end` stand in the header's correlation.
 *
 * Threads: the owner of the envelope.
 * Limits: PACK_MESSAGE_MAX, PACK_BYTES_MAX.
 */
#ifndef VM_ACTOR_PACK_H
#define VM_ACTOR_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mailbox/envelope.h"
#include "mailbox/pool.h"

struct crew;
struct slot;

enum {
	PACK_MESSAGE_MAX = 64, /* bytes of one message */
	PACK_BYTES_MAX = 1024 - ENVELOPE_HEADER_SIZE, /* of all of them */
};

/* An empty pack with room for so many messages like the one that this is the
 * head of; NULL without memory. */
struct envelope *pack_new(struct pool_cache *cache,
    const struct envelope_head *head, uint32_t room);

static inline uint32_t
pack_next(const struct envelope *pack)
{
	return (uint32_t)pack->correlation;
}

static inline uint32_t
pack_end(const struct envelope *pack)
{
	return (uint32_t)(pack->correlation >> 32);
}

/* Says which of the messages that lie in it belong to it. */
static inline void
pack_set(struct envelope *pack, uint32_t next, uint32_t end)
{
	pack->correlation = (uint64_t)end << 32 | next;
}

/* Copies a message into an envelope that such a message lay in before. */
static inline void
pack_copy(const struct envelope *pack, uint32_t index, struct envelope *single)
{
	size_t size = pack->size;

	if (LIKELY(size == 8))
		memcpy(single->message, pack->message + (size_t)index * 8, 8);
	else
		memcpy(single->message, pack->message + index * size, size);
}

/* Some messages were taken, and `next` is the oldest that is left.  A pack that
 * is empty is given back.  Returns what is to be met next. */
static inline struct envelope *
pack_leave(struct pool_cache *cache, struct envelope *pack, uint32_t next)
{
	uint32_t end = pack_end(pack);
	struct envelope *rest = pack->next;

	pack_set(pack, next, end);
	if (next < end)
		return pack;
	pool_give(cache, pack);
	return rest;
}

/*
 * Takes the oldest message out of *pack, which was met at slot, into an
 * envelope of its own; *pack is then what is to be met next.  Messages for
 * which there is no memory are dead letters; the last one needs none.
 */
struct envelope *pack_take(struct crew *crew, const struct slot *slot,
    struct envelope **pack);

#endif
