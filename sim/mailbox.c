/* SPDX-License-Identifier: MIT */
/*
 * mailbox - looks at what waits in a mailbox, and takes nothing out.
 *
 * Home looks while the world stands still, so nobody changes what is read here.
 * Of what the runtime sends itself only messages are shown.
 */
#include "sim/sim.h"
#include "sim/sim_vm.h"
#include "vm/actor/pack.h"
#include "vm/actor/slots.h"
#include "vm/vm.h"

/* What is being filled. */
struct view {
	const ths_vm *vm;
	uint32_t generation;
	ths_sim_message *messages;
	size_t max;
	size_t length; /* that wait, more than max perhaps */
};

static void
show(struct view *view, const struct envelope *envelope, const void *message)
{
	ths_sim_message *shown = &view->messages[view->length];

	if (view->length++ >= view->max)
		return;
	shown->from = envelope->from_slot == SLOT_NONE ?
	    THS_NOBODY : vm_address(view->vm, envelope->from_slot,
	    envelope->from_generation);
	shown->type = types_entry(&view->vm->types, envelope->type)->type;
	shown->message = message;
}

static void
show_envelope(struct view *view, const struct envelope *envelope)
{
	if (envelope->to_generation != ENVELOPE_ANY_GENERATION &&
	    envelope->to_generation != view->generation)
		return;
	if (envelope->kind == ENVELOPE_PACK) {
		for (uint32_t i = pack_next(envelope); i < pack_end(envelope);
		    i++)
			show(view, envelope, envelope->message +
			    (size_t)i * envelope->size);
	} else if (envelope->kind == ENVELOPE_MAIL ||
	    envelope->kind == ENVELOPE_EXIT) {
		show(view, envelope, envelope->message);
	}
}

/* Shows a run, of which this is the newest, the oldest first. */
static void
show_run(struct view *view, struct envelope *newest)
{
	struct envelope *envelope = inbox_oldest_of(newest);

	for (; envelope != newest; envelope = envelope->next)
		show_envelope(view, envelope);
	show_envelope(view, newest);
}

/* Shows an inbox, the oldest first: the n-th run from the newest, n counted
 * down. */
static void
show_inbox(struct view *view, const struct inbox *inbox)
{
	struct envelope *newest = inbox_newest(atomic_load_explicit(
	    &inbox->word, memory_order_acquire));
	size_t runs = 0;

	for (struct envelope *it = newest; it != NULL; it = it->next)
		runs++;
	while (runs > 0) {
		struct envelope *it = newest;

		for (size_t i = 1; i < runs; i++)
			it = it->next;
		show_run(view, it);
		runs--;
	}
}

struct sim_vm *
sim_vm_find(const ths_sim *sim, ths_address whom)
{
	struct sim_vm *it = sim->vms;

	while (it != NULL && it->vm->id != whom.vm)
		it = it->next;
	return it;
}

size_t
ths_sim_mailbox(const ths_sim *sim, ths_address whom,
    ths_sim_message *messages, size_t max)
{
	const struct sim_vm *sim_vm = sim_vm_find(sim, whom);
	struct slot *slot = sim_vm == NULL ? NULL :
	    slots_find(&sim_vm->vm->slots, whom.slot);
	struct view view = {
		.generation = whom.generation,
		.messages = messages,
		.max = max,
	};

	if (slot == NULL || slot->generation != whom.generation)
		return 0;
	view.vm = sim_vm->vm;
	/* While a slice is under way its mail is in its hands. */
	if (slot->current == NULL) {
		for (const struct envelope *it = slot->taken; it != NULL;
		    it = it->next)
			show_envelope(&view, it);
	}
	show_inbox(&view, &slot->inbox);
	return view.length;
}
