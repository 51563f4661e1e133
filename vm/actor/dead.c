/* SPDX-License-Identifier: MIT */
/* dead - what becomes of mail that nobody can receive; see dead.h. */
#include "vm/actor/dead.h"

#include "vm/vm.h"

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
