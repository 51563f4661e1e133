/* SPDX-License-Identifier: MIT */
/* dead - what becomes of mail that nobody can receive; see dead.h. */
#include "vm/actor/dead.h"

#include "vm/actor/send.h"
#include "vm/vm.h"

/*
 * Tells the client that asked that there will be no answer.  One that stops is
 * told otherwise; without memory it waits as long as it said it would.
 */
static __attribute__((noinline)) void
refuse(struct crew *crew, const struct envelope *question,
    enum ths_dead_reason reason)
{
	struct slot *asker = slots_find(&crew->vm->slots, question->from_slot);
	struct envelope *refusal;

	if (asker == NULL || vm_state(crew->vm) != VM_RUNNING)
		return;
	refusal = pool_take(&crew->cache, 0);
	if (refusal == NULL)
		return;
	refusal->to_generation = question->from_generation;
	refusal->from_slot = SLOT_NONE;
	refusal->from_generation = 0;
	refusal->from_vm = 0;
	refusal->type = 0;
	refusal->kind = ENVELOPE_REFUSAL;
	refusal->flags = 0;
	refusal->correlation = question->correlation << DEAD_REASON_BITS |
	    (uint64_t)reason;
	send_own(crew, asker, refusal);
}

void
dead_letter(struct crew *crew, struct envelope *envelope, uint32_t to_slot,
    enum ths_dead_reason reason)
{
	struct ths_vm *vm = crew->vm;

	counts_add(&crew->counts.dead[reason], 1);
	if (log_wants(&vm->log, THS_LOG_DEBUG))
		log_write(&vm->log, THS_LOG_DEBUG,
		    "dead letter: %s from %u.%u to %u.%u: %s",
		    types_entry(&vm->types, envelope->type)->name,
		    envelope->from_slot, envelope->from_generation, to_slot,
		    envelope->to_generation, ths_dead_reason_text(reason));
	if (envelope->flags & ENVELOPE_QUESTION)
		refuse(crew, envelope, reason);
	pool_give(&crew->cache, envelope);
}

void
dead_message(struct crew *crew, const ths_type *type, ths_address to,
    enum ths_dead_reason reason)
{
	struct ths_vm *vm = crew->vm;
	char text[THS_ADDRESS_TEXT_SIZE];

	counts_add(&crew->counts.dead[reason], 1);
	if (log_wants(&vm->log, THS_LOG_DEBUG))
		log_write(&vm->log, THS_LOG_DEBUG, "dead letter: %s to %s: %s",
		    type->name, ths_address_print(to, text),
		    ths_dead_reason_text(reason));
}

void
dead_absorb(struct crew *crew, struct envelope *envelope)
{
	counts_add(&crew->counts.absorbed, 1);
	pool_give(&crew->cache, envelope);
}
