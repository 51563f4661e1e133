/* SPDX-License-Identifier: MIT */
/*
 * send - puts a message into the mailbox of an actor of this VM, and makes the
 * actor ready if it was idle.
 *
 * The path: measure, take an envelope, fill it, find the slot, push.  One
 * successful compare-exchange, and one more to make an idle actor ready when
 * the next slot is taken.
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ACTOR_SEND_H
#define VM_ACTOR_SEND_H

#include <stdint.h>

#include "thespis/actor.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"
#include "vm/message/system.h"
#include "vm/vm.h"

/* Who sends: an actor's or a client's slot, in its present life. */
struct sender {
	struct crew *crew;
	uint32_t slot;
	uint32_t generation;
};

static inline struct sender
send_from(const ths_self *self)
{
	const struct slot *slot = slot_of_self(self);

	return (struct sender){ slot->crew, slot->index, slot->generation };
}

/* Who sent what the actor of a slot handles now. */
static inline ths_address
send_asker(const struct slot *slot)
{
	const struct envelope *current = slot->current;

	if (UNLIKELY(current == NULL || current->from_slot == SLOT_NONE))
		return (ths_address){ 0, SLOT_NONE, 0 };
	return vm_address(slot->crew->vm, current->from_slot,
	    current->from_generation);
}

/*
 * As ths_send() does: THS_OK, what cannot be placed is a dead letter; or
 * THS_BAD_ARGUMENT / THS_TOO_LARGE, nothing counted.
 */
enum ths_status send_message(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message);

/* The same for who wants to know what cannot be placed: it is a dead letter all
 * the same, and the status THS_GONE (no such place in this VM), THS_FULL or
 * THS_NO_MEMORY, as the letter's reason. */
enum ths_status send_tell(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message);

/*
 * The same for a client that waits for an answer: if the message becomes a dead
 * letter, an ENVELOPE_REFUSAL comes back to the sender's slot, with the number
 * (not 0, below 2^56) and the reason, unless there is no memory for it.
 * Returns also THS_NO_MEMORY and THS_LIMIT, when the message itself found none.
 */
enum ths_status send_question(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question);
/* The same for a client that waits at another slot of its own to hear of a dead
 * letter; the refusal's number is 0. */
enum ths_status send_told(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, const struct slot *waiting);
/* As send_message(), also for the types that only the runtime may send. */
enum ths_status send_system(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message);

/* As ths_try_send() does: nothing is counted unless it is placed. */
enum ths_status send_try_message(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message);

/* Sends on an envelope that was handled, from whom it came; counted once more.
 * What cannot be placed is a dead letter. */
void send_on(struct crew *crew, ths_address to, struct envelope *envelope);

/* A request of the runtime's own to whoever lives where it is pushed, to exit
 * and take its children with it; from nobody.  NULL: no memory. */
struct envelope *send_exit_request(struct crew *crew);

/* Pushes an envelope that the runtime made itself, past the mailbox's limit,
 * and counts it as accepted. */
void send_own(struct crew *crew, struct slot *to, struct envelope *envelope);

/* The part of send_wake() for a consumer that waits at the slot, and for a
 * sender that is no worker. */
void send_wake_other(struct crew *crew, struct slot *slot,
    enum inbox_pushed pushed);

/*
 * Makes a slot's consumer look at what a push brought: `pushed` says how the
 * push found the inbox.
 */
static inline void
send_wake(struct crew *crew, struct slot *slot, enum inbox_pushed pushed)
{
	if (LIKELY(pushed == INBOX_WAS_IDLE && crew->worker != NULL))
		worker_submit_woken(crew->worker, &slot->task);
	else
		send_wake_other(crew, slot, pushed);
}

#endif
