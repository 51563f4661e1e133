/* SPDX-License-Identifier: MIT */
/*
 * seal - puts a message into an envelope: what every message goes through that
 * does not go straight (vm/actor/send.c).
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ACTOR_SEAL_H
#define VM_ACTOR_SEAL_H

#include "mailbox/envelope.h"
#include "vm/crew.h"
#include "vm/message/system.h"

/* The kind of an envelope that holds a message of this type. */
static inline uint8_t
seal_kind(uint32_t type)
{
	return type == SYSTEM_EXIT_REQUEST ? ENVELOPE_EXIT : ENVELOPE_MAIL;
}

/*
 * An envelope with a message of any type, without sender and receiver.  `from`
 * is the slot of who sends it, with whose message in hand a large one may share
 * parts, or SLOT_NONE; is_own: it may be of a type that only the runtime sends.
 * THS_OK; THS_BAD_ARGUMENT, THS_TOO_LARGE, THS_NO_MEMORY, THS_LIMIT.
 */
enum ths_status seal_message(struct crew *crew, uint32_t from,
    const ths_type *type, const void *message, bool is_own,
    struct envelope **sealed);

#endif
