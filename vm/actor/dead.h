/* SPDX-License-Identifier: MIT */
/*
 * dead - what becomes of mail that nobody can receive: it is counted by reason,
 * logged, and its envelope freed.  If somebody outside waits for an answer to it,
 * a refusal with the reason ends the waiting.
 *
 * Threads: the crew's owner.
 */
#ifndef VM_ACTOR_DEAD_H
#define VM_ACTOR_DEAD_H

#include <stdint.h>

#include "mailbox/envelope.h"
#include "thespis/vm.h"
#include "vm/crew.h"

/* Of the correlation of an ENVELOPE_REFUSAL, from the bottom; the question's
 * number is above. */
enum { DEAD_REASON_BITS = 8 };

_Static_assert(THS_DEAD_COUNT <= 1 << DEAD_REASON_BITS, "a reason fits");

/* Ends an accepted envelope that was meant for `to_slot`.  Takes it. */
void dead_letter(struct crew *crew, struct envelope *envelope,
    uint32_t to_slot, enum ths_dead_reason reason);

/* The same for a message that never got an envelope. */
void dead_message(struct crew *crew, const ths_type *type, ths_address to,
    enum ths_dead_reason reason);

/* Ends an accepted envelope that the runtime takes back itself. */
void dead_absorb(struct crew *crew, struct envelope *envelope);

#endif
