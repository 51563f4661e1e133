/* SPDX-License-Identifier: MIT */
/* dead - what becomes of mail that nobody can receive; see dead.h. */
#include "vm/actor/dead.h"

#include "thespis/dead.h"
#include "vm/actor/init.h"
#include "vm/actor/send.h"

/*
 * Tells whoever asked that there will be no answer.  The question's own
 * envelope becomes the refusal, which therefore needs no memory: many wait for
 * ever.  Of a VM that stops they are told otherwise.
 */
static __attribute__((noinline)) void
refuse(struct crew *crew, struct envelope *question,
    enum ths_dead_reason reason)
{
	bool is_told = (question->flags & ENVELOPE_TOLD) != 0;
	uint64_t number = is_told ? 0 : question->correlation;
	struct slot *asker = slots_find(&crew->vm->slots, is_told ?
	    (uint32_t)question->correlation : question->from_slot);
	struct envelope *refusal = question;

	if (asker == NULL || vm_state(crew->vm) != VM_RUNNING) {
		pool_give(&crew->cache, question);
		return;
	}
	refusal->to_generation = is_told ?
	    (uint32_t)(question->correlation >> 32) :
	    question->from_generation;
	refusal->from_slot = SLOT_NONE;
	refusal->from_generation = 0;
	refusal->from_vm = 0;
	refusal->type = 0;
	refusal->size = 0;
	refusal->kind = ENVELOPE_REFUSAL;
	refusal->flags = 0;
	refusal->correlation = number << DEAD_REASON_BITS |
	    (uint64_t)reason;
	send_own(crew, asker, refusal);
}

/* -------------------------------------------------------------- undertaker */

static uint64_t
life_of(const struct slot *slot)
{
	return (uint64_t)slot->generation << 32 | slot->index;
}

ths_status
ths_handle_dead_letters(ths_self *self, bool is_handling)
{
	struct slot *slot = slot_of_self(self);

	if (init_refuses(slot, "ths_handle_dead_letters"))
		return THS_NOT_READY;
	if (is_handling)
		/* Relaxed: see dead.h. */
		atomic_store_explicit(&slot->crew->vm->undertaker,
		    life_of(slot), memory_order_relaxed);
	else
		dead_forget(slot);
	return THS_OK;
}

void
dead_forget(struct slot *slot)
{
	_Atomic uint64_t *undertaker = &slot->crew->vm->undertaker;
	uint64_t life = life_of(slot);

	/* Relaxed: see dead.h; fails when it is another. */
	atomic_compare_exchange_strong_explicit(undertaker, &life, 0,
	    memory_order_relaxed, memory_order_relaxed);
}

/* Tells the undertaker of a letter that is not its own. */
static void
tell(struct crew *crew, const struct envelope *envelope, ths_address to,
    enum ths_dead_reason reason)
{
	struct ths_vm *vm = crew->vm;
	const struct sender nobody = { crew, SLOT_NONE, 0 };
	uint64_t life = dead_undertaker(vm);
	ths_address undertaker = vm_address(vm, (uint32_t)life,
	    (uint32_t)(life >> 32));
	struct ths_dead_letter letter = {
		.message = { types_entry(&vm->types, envelope->type)->type,
		    envelope->message },
		.to = to,
		.reason = reason,
	};
	enum ths_status status;

	if (life == 0 || (envelope->from_slot == undertaker.slot &&
	    envelope->from_generation == undertaker.generation))
		return;
	if (envelope->from_slot != SLOT_NONE)
		letter.from = vm_address(vm, envelope->from_slot,
		    envelope->from_generation);
	crew->lender = envelope;
	status = send_system(&nobody, undertaker, &ths_dead_letter_type,
	    &letter);
	crew->lender = NULL;
	if (status == THS_OK)
		return;
	letter.message = (ths_any){ NULL, NULL };
	(void)send_system(&nobody, undertaker, &ths_dead_letter_type, &letter);
}

/* ----------------------------------------------------------------- letters */

static void
write_down(struct ths_vm *vm, const ths_type *type, ths_address to,
    ths_address from, enum ths_dead_reason reason)
{
	const ths_dead_status letter = {
		.type = type,
		.to = to,
		.from = from,
		.reason = reason,
		.age = (ths_duration)vm_now(vm),
	};

	obituaries_add(&vm->obituaries, &letter);
}

void
dead_letter(struct crew *crew, struct envelope *envelope, ths_address to,
    enum ths_dead_reason reason)
{
	struct ths_vm *vm = crew->vm;

	if (envelope->type == SYSTEM_DEAD_LETTER) {
		dead_absorb(crew, envelope);
		return;
	}
	counts_add(&crew->counts.dead[reason], 1);
	observe_dead(crew, envelope, to, reason);
	if (log_wants(&vm->log, THS_LOG_DEBUG))
		log_write(&vm->log, THS_LOG_DEBUG,
		    "dead letter: %s from %u.%u to %u.%u: %s",
		    types_entry(&vm->types, envelope->type)->name,
		    envelope->from_slot, envelope->from_generation, to.slot,
		    to.generation, ths_dead_reason_text(reason));
	write_down(vm, types_entry(&vm->types, envelope->type)->type, to,
	    envelope->from_slot == SLOT_NONE ? THS_NOBODY : vm_address(vm,
	    envelope->from_slot, envelope->from_generation), reason);
	tell(crew, envelope, to, reason);
	if (envelope->flags & (ENVELOPE_QUESTION | ENVELOPE_TOLD))
		refuse(crew, envelope, reason);
	else
		pool_give(&crew->cache, envelope);
}

void
dead_letter_at(struct slot *slot, struct envelope *envelope,
    enum ths_dead_reason reason)
{
	struct crew *crew = slot->crew;

	dead_letter(crew, envelope, vm_address(crew->vm, slot->index,
	    envelope->to_generation), reason);
}

void
dead_message(struct crew *crew, const ths_type *type, ths_address to,
    enum ths_dead_reason reason)
{
	struct ths_vm *vm = crew->vm;
	char text[THS_ADDRESS_TEXT_SIZE];

	/* Of tell(): its letter is counted already. */
	if (type == &ths_dead_letter_type) {
		counts_add(&crew->counts.absorbed, 1);
		return;
	}
	counts_add(&crew->counts.dead[reason], 1);
	observe_unsealed(crew, type, to, reason);
	if (log_wants(&vm->log, THS_LOG_DEBUG))
		log_write(&vm->log, THS_LOG_DEBUG, "dead letter: %s to %s: %s",
		    type->name, ths_address_print(to, text),
		    ths_dead_reason_text(reason));
	write_down(vm, type, to, THS_NOBODY, reason);
}

void
dead_absorb(struct crew *crew, struct envelope *envelope)
{
	dead_count_absorbed(crew, envelope);
	pool_give(&crew->cache, envelope);
}
