/* SPDX-License-Identifier: MIT */
/* failure - a handler has failed; see failure.h. */
#include "vm/actor/failure.h"

#include <stdarg.h>
#include <stdio.h>

#include "vm/actor/handling.h"
#include "vm/actor/keep.h"
#include "vm/actor/last_words.h"
#include "vm/actor/life.h"
#include "vm/actor/send.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* ------------------------------------------------------------------- words */

static uint64_t
turn_of(const struct crew *crew)
{
	/* Relaxed: this thread's own count. */
	return atomic_load_explicit(&crew->counts.handled,
	    memory_order_relaxed);
}

ths_status
ths_fail(ths_self *self, const char *format, ...)
{
	struct crew *crew = slot_of_self(self)->crew;
	struct failure_words *words = &crew->failure;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words->text, sizeof(words->text), format, arguments);
	va_end(arguments);
	words->turn = turn_of(crew);
	return THS_FAILED;
}

ths_status
ths_crash(ths_self *self, const char *format, ...)
{
	struct slot *slot = slot_of_self(self);
	char text[THS_FAILURE_TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_write(&slot->crew->vm->log, THS_LOG_WARNING,
	    "actor %s %u.%u: crashes: %s", slot->behaviour->name, slot->index,
	    slot->generation, text);
	if (!(slot->flags & (SLOT_LEAVING | SLOT_EXITING))) {
		life_set_reason(slot, THS_EXIT_CRASHED);
		last_words_keep(slot, text);
		slot->flags |= SLOT_LEAVING;
	}
	return ths_fail(self, "%s", text);
}

void
failure_forget(struct slot *slot)
{
	slot->crew->failure.text[0] = '\0';
}

bool
failure_is_told(const struct slot *slot)
{
	return slot->crew->failure.text[0] != '\0';
}

const char *
failure_text(const struct slot *slot, enum ths_status status)
{
	return failure_is_told(slot) ? slot->crew->failure.text :
	    ths_status_text(status);
}

/* Words of an earlier turn, whose handler said them and did not fail. */
static void
forget_stale(struct slot *slot)
{
	if (slot->crew->failure.turn + 1 != turn_of(slot->crew))
		failure_forget(slot);
}

/* ---------------------------------------------------------------- attempts */

static void
complain(const struct slot *slot, const struct envelope *envelope,
    ths_log_level level, const char *what, enum ths_status status)
{
	struct ths_vm *vm = slot->crew->vm;

	log_write(&vm->log, level, "actor %s %u.%u: handler of %s %s: %s",
	    slot->behaviour->name, slot->index, slot->generation,
	    types_entry(&vm->types, envelope->type)->name, what,
	    failure_text(slot, status));
}

/* The second and last attempt. */
static enum ths_status
try_again(struct slot *slot, const struct envelope *envelope,
    const void *message)
{
	struct crew *crew = slot->crew;
	ths_handler handler = behaviour_handler(slot->behaviour,
	    envelope->type);
	enum ths_status status;

	if (handler == NULL)
		handler = handling_inherited(slot, envelope->type);
	failure_forget(slot);
	counts_add(&crew->counts.retried, 1);
	observe_retried(slot);
	status = handling_call(slot, handler, message);
	if (crew->outbox.slot != NULL)
		outbox_close(crew);
	return status;
}

/* ------------------------------------------------------------------ poison */

/* True when the sender is to be told. */
static bool
wants_poison(const struct envelope *envelope)
{
	return (envelope->kind == ENVELOPE_MAIL ||
	    envelope->kind == ENVELOPE_WAKEUP) &&
	    envelope->type != SYSTEM_POISON &&
	    envelope->from_slot != SLOT_NONE;
}

/* What a poison says where there is neither a second attempt nor a message. */
#define TAKEN_TEXT " (the message was kept or passed on)"

static void
send_poison(struct slot *slot, const struct envelope *envelope,
    const void *message, enum ths_status status)
{
	struct crew *crew = slot->crew;
	struct ths_vm *vm = crew->vm;
	const struct sender sender = { crew, slot->index, slot->generation };
	const ths_address to = vm_address(vm, envelope->from_slot,
	    envelope->from_generation);
	struct ths_poison poison = {
		.message = { types_entry(&vm->types, envelope->type)->type,
		    message },
		.details = failure_text(slot, status),
	};
	char details[THS_FAILURE_TEXT_SIZE + sizeof(TAKEN_TEXT)];

	if (slot->flags & SLOT_TAKEN) {
		snprintf(details, sizeof(details), "%s" TAKEN_TEXT,
		    poison.details);
		poison.message = (ths_any){ NULL, NULL };
		poison.details = details;
	}
	counts_add(&crew->counts.poisoned, 1);
	if (send_system(&sender, to, &ths_poison_type, &poison) == THS_OK)
		return;
	poison.message = (ths_any){ NULL, NULL };
	(void)send_system(&sender, to, &ths_poison_type, &poison);
}

void
failure_follow(struct slot *slot, struct envelope *envelope,
    const void *message, enum ths_status status)
{
	struct crew *crew = slot->crew;
	uint16_t failed;

	forget_stale(slot);
	if (envelope->kind != ENVELOPE_EXIT &&
	    envelope->kind != ENVELOPE_ANSWER &&
	    !(slot->flags & (SLOT_LEAVING | SLOT_TAKEN))) {
		complain(slot, envelope, THS_LOG_WARNING, "failed", status);
		status = try_again(slot, envelope, message);
		if (status == THS_OK)
			return;
		if (slot->flags & SLOT_TAKEN)
			envelope = keep_stub(crew);
	}
	complain(slot, envelope, THS_LOG_ERROR, "failed for good", status);
	counts_add(&crew->counts.failed, 1);
	/* Relaxed: one writer, the consumer. */
	failed = atomic_load_explicit(&slot->failed, memory_order_relaxed);
	if (failed < UINT16_MAX)
		atomic_store_explicit(&slot->failed, (uint16_t)(failed + 1),
		    memory_order_relaxed);
	if (wants_poison(envelope))
		send_poison(slot, envelope, message, status);
	if (crew->outbox.slot != NULL)
		outbox_close(crew);
}

/* ------------------------------------------------------------------ unsent */

/* True for a message of a sound type that anybody may send. */
static bool
is_message(struct crew *crew, const ths_type *type, const void *message)
{
	uint32_t number;

	return type != NULL && message != NULL &&
	    crew_type(crew, type, &number) == THS_OK &&
	    !system_is_reserved(number);
}

void
failure_unsent(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, enum ths_status status)
{
	struct crew *crew = sender->crew;
	struct ths_vm *vm = crew->vm;
	const struct slot *slot = slots_find(&vm->slots, sender->slot);
	struct sender target = { crew, to.slot, to.generation };
	char place[THS_ADDRESS_TEXT_SIZE];
	char details[THS_FAILURE_TEXT_SIZE];

	if (!is_message(crew, type, message))
		return;
	if (to.vm != vm->id)
		target.slot = SLOT_NONE;
	snprintf(details, sizeof(details), "%s to %s cannot be sent: %s",
	    type->name, ths_address_print(to, place), ths_status_text(status));
	log_write(&vm->log, THS_LOG_ERROR, "actor %s %u.%u: %s",
	    slot->behaviour->name, slot->index, slot->generation, details);
	if (slot->current != NULL && slot->current->type == SYSTEM_POISON)
		return;
	(void)send_system(&target, vm_address(vm, sender->slot,
	    sender->generation), &ths_poison_type, &(struct ths_poison){
	    .details = details });
}
