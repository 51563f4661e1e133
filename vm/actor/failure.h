/* SPDX-License-Identifier: MIT */
/*
 * failure - a handler has failed: another attempt, and poison for the sender.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_FAILURE_H
#define VM_ACTOR_FAILURE_H

#include "mailbox/envelope.h"
#include "thespis/failure.h"
#include "vm/actor/slot.h"

struct sender;

/* What ths_fail() has said in this crew's last handler. */
struct failure_words {
	uint64_t turn; /* the crew's count of handled when it was said */
	char text[THS_FAILURE_TEXT_SIZE];
};

/*
 * What follows when the handler of envelope, given `message`, has answered
 * `status`, and was counted as handled.
 */
void failure_follow(struct slot *slot, struct envelope *envelope,
    const void *message, enum ths_status status);

/* Forgets what was said: before init and exit, which count as no turn. */
void failure_forget(struct slot *slot);

/* What was said since, or the status in words; valid until a handler runs. */
const char *failure_text(const struct slot *slot, enum ths_status status);

/* True if something was said since. */
bool failure_is_told(const struct slot *slot);

/*
 * An actor's handler has tried to send a message that has no flat form: says so
 * in the log, and sends the actor a poison from the one it was meant for.  None
 * for what is no attempt at a message (no type, a type that makes no sense, no
 * bytes), or while it handles a poison, so that there is no circle.
 */
void failure_unsent(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, enum ths_status status);

#endif
