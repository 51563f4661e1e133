/* SPDX-License-Identifier: MIT */
/*
 * children - what a parent keeps of its children: a list through their slots.
 *
 * A child that ends pushes a notice into its parent's mailbox.  The notice is
 * an envelope that lies in the child's slot (vm/actor/slot.h), so it is always
 * to be had.  The parent's consumer meets it, shows it to the parent, takes the
 * child off the list and lists the slot as free.  A parent that is gone by then
 * has no list any more; then the notice does no more than free the slot.
 *
 * So a slot is in use for a little longer than its actor lives, and counts
 * against actors_max until the notice has been met.
 *
 * Threads: all but children_tell(): the parent's consumer.
 */
#ifndef VM_ACTOR_CHILDREN_H
#define VM_ACTOR_CHILDREN_H

#include "mailbox/envelope.h"
#include "thespis/life.h"
#include "vm/actor/send.h"
#include "vm/actor/slot.h"
#include "vm/actor/slots.h"
#include "vm/crew.h"
#include "vm/message/system.h"
#include "vm/observe.h"
#include "vm/vm.h"

/* Links a claimed slot, not running yet, into the list. */
static inline void
children_add(struct slot *parent, struct slot *child)
{
	struct slot *older = parent->youngest;

	child->older = older;
	child->younger = NULL;
	if (LIKELY(older != NULL))
		older->younger = child;
	parent->youngest = child;
}

/* The parent has been told: takes the child off its list. */
static inline void
children_strike(struct slot *parent, struct slot *child)
{
	struct slot *older = child->older;
	struct slot *younger = child->younger;

	if (LIKELY(older != NULL))
		older->younger = younger;
	if (younger == NULL)
		parent->youngest = older;
	else if (LIKELY(younger != child))
		younger->older = older;
}

/*
 * Asks all children to exit, or kills them.  One that cannot be asked for lack
 * of memory is taken off the list and logged: nobody waits for it.
 */
void children_ask(struct slot *parent, bool kills);

/* Asks one child to exit, past its mailbox's limit, or kills it.  As
 * ths_kill().
 */
enum ths_status children_end(struct slot *parent, ths_address child,
    bool kills);

/*
 * Tells the parent of an actor that has just ended, by its former generation;
 * the child's consumer, which goes on to use the slot's first two lines, and
 * whose outbox is closed.  last_words is NULL, or an envelope with a text that
 * stands for the reason's.
 */
static inline void
children_tell(struct slot *child, uint32_t generation,
    enum ths_exit_reason reason, struct envelope *last_words)
{
	static const struct envelope pattern = {
		.kind = ENVELOPE_CHILD,
		.flags = ENVELOPE_OWN,
	};
	struct crew *crew = child->crew;
	struct slot *parent = slots_at(&crew->vm->slots, slot_parent(child));
	struct envelope *notice = slot_notice(child);
	enum inbox_pushed pushed;

	notice->to_generation = slot_parent_generation(child);
	notice->from_generation = generation;
	notice->from_slot = child->index;
	notice->type = SYSTEM_ACTOR_EXITED;
	notice->header = pattern.header;
	notice->size = (uint16_t)reason; /* it has no message */
	notice->correlation = (uintptr_t)last_words;
	counts_add(&crew->counts.accepted, 1);
	observe_told(child, generation);
	observe_accepted(crew, vm_address(crew->vm, parent->index,
	    notice->to_generation), notice);
	pushed = inbox_push(&parent->inbox, notice, 0);
	if (pushed != INBOX_QUEUED)
		send_wake(crew, parent, pushed);
}

/* What a notice says; its text lives as long as the notice. */
struct ths_actor_exited children_read(const struct slot *parent,
    struct envelope *notice);

/* The last words that a notice carries, or NULL. */
static inline struct envelope *
children_last_words(const struct envelope *notice)
{
	return (struct envelope *)(uintptr_t)notice->correlation;
}

/* Frees what a notice lies in; any consumer that has met it.  Not counted. */
static inline void
children_free_notice(struct crew *crew, struct envelope *notice)
{
	struct envelope *last_words = children_last_words(notice);

	if (UNLIKELY(last_words != NULL))
		pool_give(&crew->cache, last_words);
	/* The last life that a slot may have, and it is retired. */
	if (LIKELY(notice->from_generation != UINT32_MAX))
		slots_give(&crew->vm->slots, &crew->free_slots,
		    slot_of_notice(notice));
}

#endif
