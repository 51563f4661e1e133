/* SPDX-License-Identifier: MIT */
/*
 * dead - what becomes of mail that nobody can receive: it is counted by reason,
 * logged, remembered (vm/actor/obituaries.h), told to the undertaker, and its
 * envelope freed.  If somebody outside
 * waits for an answer to it, a refusal with the reason ends the waiting; it
 * needs no memory.
 *
 * The undertaker is an actor that asked for it; the VM keeps which life of
 * which slot, {generation:32, slot:32}, 0 for nobody.  Relaxed: who reads an
 * old one sends to that one, as if it had been earlier.
 *
 * Threads: the crew's owner; dead_forget(): the slot's consumer.
 */
#ifndef VM_ACTOR_DEAD_H
#define VM_ACTOR_DEAD_H

#include <stdint.h>

#include "mailbox/envelope.h"
#include "thespis/vm.h"
#include "vm/actor/slot.h"
#include "vm/crew.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* Of the correlation of an ENVELOPE_REFUSAL, from the bottom; the question's
 * number is above. */
enum { DEAD_REASON_BITS = 8 };

_Static_assert(THS_DEAD_COUNT <= 1 << DEAD_REASON_BITS, "a reason fits");

/* Ends an accepted envelope that was meant for `to`.  Takes it. */
void dead_letter(struct crew *crew, struct envelope *envelope, ths_address to,
    enum ths_dead_reason reason);

/* The same for one that was met at a slot. */
void dead_letter_at(struct slot *slot, struct envelope *envelope,
    enum ths_dead_reason reason);

/* The same for a message that never got an envelope.  What should have told the
 * undertaker of another one is only absorbed. */
void dead_message(struct crew *crew, const ths_type *type, ths_address to,
    enum ths_dead_reason reason);

/* Ends an accepted envelope that the runtime takes back itself. */
void dead_absorb(struct crew *crew, struct envelope *envelope);

/* Counts one as taken back that stays the caller's. */
static inline void
dead_count_absorbed(struct crew *crew, struct envelope *envelope)
{
	counts_add(&crew->counts.absorbed, 1);
	observe_absorbed(crew, envelope);
}

/* Makes slot, if it is the undertaker, no undertaker any more. */
void dead_forget(struct slot *slot);

/* The undertaker's life, or 0. */
static inline uint64_t
dead_undertaker(const struct ths_vm *vm)
{
	/* Relaxed: see above. */
	return atomic_load_explicit(&vm->undertaker, memory_order_relaxed);
}

#endif
