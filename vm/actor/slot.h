/* SPDX-License-Identifier: MIT */
/*
 * slot - the place where one actor at a time lives: its mailbox, its task, its
 * state and what is counted of it.
 *
 * A slot is type-stable: its memory stays a slot until the VM ends, so a sender
 * needs no reference.  It is a task for ever, too: mail that reaches a free
 * slot makes it run, and the mail becomes dead letters.  Who lives there is
 * told by `generation`; the envelope carries the one it means and the consumer
 * compares.
 *
 * The *consumer* is whoever moved the inbox from idle to open, or got the slot
 * from that one: the worker that runs the task, the spawner that claimed it,
 * the client that waits at it.  There is one at most.
 *
 *   line  field          written by                      read by
 *   0     inbox          see mailbox/inbox.h             senders, consumer
 *   0     task           the queue it is in              the same
 *   0     waiter         the client that waits here      senders  [W]
 *   0     is_alive       consumer                        any  [I]
 *   0     is_exiting     consumer                        status; relaxed
 *   0     is_killed      the parent's consumer, once     consumer  [K]
 *   0     index          once                            any
 *   0     mailbox_max    consumer, at spawn              senders; relaxed
 *   0     failed         consumer                        status; relaxed
 *   0     kind           consumer, at spawn              status  [I]
 *   0     next_…         whose free list it is in        the same
 *   0     life           consumer, at spawn              any  [I]
 *   0     older, younger the parent's consumer           the same
 *   1     parent_…       consumer, at spawn              any  [I]
 *   1     the others     consumer                        consumer
 *   2     all            consumer                        consumer; status,
 *                                                        relaxed
 *   2     the notice     consumer, at the end            whoever meets it
 *
 * A child and its parent touch only their own: the parent's consumer links the
 * child's slot into the list of its children when it spawns it, by fields of
 * the child's slot that belong to the parent from then on.  At its end the
 * child tells the parent by mail, and that notice lies in the child's own slot
 * (line 2 is nobody's by then), so it needs no memory and cannot fail to be
 * sent.  Whoever is the consumer of the slot that the notice goes to, and so
 * meets it, takes the child off the list if that life of the parent still
 * lasts, and gives the slot back to be used again.  Until then nobody can move
 * in; see vm/actor/children.h.
 *
 *   [W] waiter: store release by the client that consumes here -> load acquire
 *       by a sender that found the inbox awaited: it wakes that client.  By
 *       then the client may have gone by itself (it was the consumer all the
 *       time): the sender then finds nobody, or the next client, which looks,
 *       finds nothing and sleeps again.  Clients are type-stable.
 *   [I] a life begins: life store relaxed; kind, parent_…, handled, failed
 *       store release; is_alive store release; it ends: is_alive store relaxed
 *       -> vm/admin/inspect.c: is_alive, life and the others load acquire, then
 *       life load acquire, and is_alive load relaxed
 *       Who has read anything of a later life sees then that life has changed,
 *       for that came before; so what was read is all of one life.
 *   [K] is_killed: store relaxed by the parent's consumer, then the push of an
 *       exit request, release -> take of the inbox, acquire, then the load,
 *       relaxed: who takes the request sees the mark before it meets any of the
 *       mail.  The slot is not used again before that parent has met the notice
 *       of the child's end.
 */
#ifndef VM_ACTOR_SLOT_H
#define VM_ACTOR_SLOT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/machine.h"
#include "mailbox/inbox.h"
#include "sched/task.h"
#include "thespis/actor.h"

struct annex;
struct behaviour;
struct crew;

enum {
	SLOT_STATE_INLINE = 32, /* bytes of state that need no block */
	SLOT_NONE = 0,          /* index of no slot */
};

/*
 * Of slot.handled: below, the messages met up to the last slice; above, how
 * many a slice had taken at its beginning, or the last one has left.
 */
#define SLOT_TAKEN_SHIFT 48
#define SLOT_TAKEN_MAX ((uint64_t)UINT16_MAX) /* so many, or more */
#define SLOT_HANDLED_MASK (((uint64_t)1 << SLOT_TAKEN_SHIFT) - 1)

enum slot_flag {
	SLOT_NEW = 1,      /* init has not ended; vm/actor/init.h */
	SLOT_LEAVING = 2,  /* ends after the present handler */
	SLOT_UNLISTED = 4, /* free, and in no free list yet */
	SLOT_REPLY = 8,    /* is, or was until it became free, the reply
			    * address of a call */
	SLOT_ENDED = 16,   /* free; has not been idle since its actor's end */
	SLOT_EXITING = 32, /* ends when its children are gone */
	SLOT_ALONE = 64,   /* its children live on */
	SLOT_UNBORN = 128, /* init failed: exit does not run */
	SLOT_REASON = 256, /* times enum ths_exit_reason: why it ends */
	SLOT_REASONS = 7 * SLOT_REASON,
	SLOT_SPOKEN = 2048, /* it has crashed; vm/actor/last_words.h */
	SLOT_TAKEN = 4096, /* the message being handled is the slice's no more;
			    * vm/actor/keep.h */
	SLOT_RELEASED = 8192, /* mail is to be met again; vm/actor/stash.h */
	SLOT_BECOMES = 16384, /* another behaviour comes; vm/actor/become.c */
	SLOT_CALL = 32768, /* the reply address of an actor's call;
			    * vm/actor/calls.h */
	SLOT_STARTING = 65536, /* start runs */
	SLOT_WITNESSED = 131072, /* somebody outside waits until start has run;
				  * vm/actor/witness.h */
	/* What a handler leaves behind, to be looked at when it
	 * has returned. */
	SLOT_ODD = SLOT_TAKEN | SLOT_RELEASED | SLOT_BECOMES,
};

struct slot {
	alignas(CACHE_LINE) struct inbox inbox;
	struct task task;
	_Atomic(struct ths_client *) waiter; /* [W] */
	uint32_t index;
	_Atomic uint32_t mailbox_max; /* 0: no limit */
	atomic_bool is_alive;   /* [I] an actor lives here */
	atomic_bool is_exiting; /* and is about to end */
	atomic_bool is_killed; /* [K] */
	uint8_t priority : 4;   /* kept for what builds on it */
	uint8_t trace_rate : 4; /* the same */
	uint32_t next_free; /* index; the free list it is in */
	union {
		_Atomic uint32_t next_batch; /* index; the depot, relaxed */
		_Atomic uint32_t life; /* [I] generation of the actor here,
					* or of the child not yet mourned */
	};
	_Atomic uint16_t failed; /* messages, for good; UINT16_MAX: or more */
	_Atomic uint16_t kind;   /* [I] number of its first behaviour */
	struct slot *older;   /* the parent's: siblings; NULL: none */
	struct slot *younger; /* itself: it is in no list */

	alignas(CACHE_LINE) uint32_t generation; /* 1 is the first */
	uint32_t flags;                          /* enum slot_flag */
	struct envelope *taken; /* oldest of the mail left by the last slice;
				 * in a slice NULL exactly while the message
				 * being handled still lies in the inbox */
	const struct behaviour *behaviour; /* NULL: free, or a client's */
	void *state;
	struct crew *crew;        /* whose worker runs the slice */
	struct envelope *current; /* being handled */
	_Atomic uint32_t parent_slot; /* [I] */
	_Atomic uint32_t parent_generation; /* [I] */
	struct slot *youngest; /* of its children; NULL: none */

	/* The notice of the end lies here; `handled` is where an envelope has
	 * fields that a notice does not use, since the slice still counts. */
	alignas(CACHE_LINE) unsigned char inline_state[SLOT_STATE_INLINE];
	_Atomic uint64_t busy_ns; /* kept for what builds on it */
	_Atomic uint64_t handled; /* {taken:16, handled:48}; see below */
	struct envelope *relations; /* newest; vm/actor/relations.h */
	struct annex *annex; /* NULL: none; vm/actor/annex.h */
};

/* Where the notice of an actor's end is written. */
static inline struct envelope *
slot_notice(struct slot *slot)
{
	return (struct envelope *)(void *)slot->inline_state;
}

/* The slot of the child that a notice tells of. */
static inline struct slot *
slot_of_notice(struct envelope *notice)
{
	unsigned char (*state)[SLOT_STATE_INLINE] = (void *)notice;

	return CONTAINER_OF(state, struct slot, inline_state);
}

static inline struct slot *
slot_of_task(struct task *task)
{
	return CONTAINER_OF(task, struct slot, task);
}

/* Who started the actor: a slot, or SLOT_NONE, and which life of it. */
static inline uint32_t
slot_parent(const struct slot *slot)
{
	/* Relaxed: the consumer's own, or a fact to look at. */
	return atomic_load_explicit(&slot->parent_slot, memory_order_relaxed);
}

static inline uint32_t
slot_parent_generation(const struct slot *slot)
{
	/* Relaxed: as above. */
	return atomic_load_explicit(&slot->parent_generation,
	    memory_order_relaxed);
}

/* The generation of the actor that lives here, or has last. */
static inline uint32_t
slot_life(const struct slot *slot)
{
	/* Relaxed: as above; the parent of a child keeps it from changing. */
	return atomic_load_explicit(&slot->life, memory_order_relaxed);
}

/* An actor's own handle is its slot. */
static inline ths_self *
slot_self(struct slot *slot)
{
	return (ths_self *)(void *)slot;
}

static inline struct slot *
slot_of_self(const ths_self *self)
{
	return (struct slot *)(uintptr_t)self;
}

#endif
