/* SPDX-License-Identifier: MIT */
/* send - puts a message into a mailbox of this VM; see send.h. */
#include "vm/actor/send.h"

#include <string.h>

#include "base/fault.h"
#include "thespis/life.h"
#include "vm/actor/dead.h"
#include "vm/actor/failure.h"
#include "vm/actor/init.h"
#include "vm/actor/seal.h"
#include "vm/admin/inspect.h"
#include "vm/endpoint/client.h"
#include "vm/message/system.h"
#include "vm/observe.h"
#include "vm/vm.h"

void
send_wake_other(struct crew *crew, struct slot *slot, enum inbox_pushed pushed)
{
	if (pushed == INBOX_WAS_AWAITED) {
		/* [W] of vm/actor/slot.h */
		struct ths_client *waiter = atomic_load_explicit(
		    &slot->waiter, memory_order_acquire);

		if (waiter != NULL)
			client_wake(waiter);
	} else {
		scheduler_inject(&crew->vm->scheduler, &slot->task);
	}
}

/* How an envelope goes that comes upon an outbox that is not closed. */
enum way {
	WAY_INBOX,  /* like any */
	WAY_OUTBOX, /* it is in there now */
	WAY_BARRED, /* not at all */
};

/* What is in the outbox must not be overtaken: what is for the same life goes
 * into it, too, unless it has flags, for a run has its own. */
static __attribute__((noinline)) enum way
find_way(struct crew *crew, const struct slot *slot, const ths_type *type,
    struct envelope *envelope)
{
	if (outbox_is_barred(&crew->outbox))
		return WAY_BARRED;
	if (crew->outbox.slot != slot || envelope->flags != 0 ||
	    crew->outbox.to.generation != envelope->to_generation) {
		outbox_close(crew);
		return WAY_INBOX;
	}
	if (crew->outbox.pack != NULL) {
		outbox_push(crew);
		if (crew->outbox.slot == NULL)
			return WAY_INBOX;
	}
	if (type != NULL && crew_type_lookup(crew, type)->type == type &&
	    crew_type_lookup(crew, type)->is_plain)
		outbox_learn(crew, type, envelope);
	if (outbox_add(&crew->outbox, envelope))
		outbox_push(crew);
	return WAY_OUTBOX;
}

/* The address that an envelope has been pushed to, or is to be. */
static inline ths_address
address_of(const struct crew *crew, const struct slot *slot,
    const struct envelope *envelope)
{
	return vm_address(crew->vm, slot->index, envelope->to_generation);
}

/*
 * A message found many before it.  A client's crew has no handler that returns,
 * and the runtime itself, which is nobody, may send between two handlers.  A
 * client that is written to is a thread that may be asleep by then, and wants
 * to be woken by the first message.
 */
static __attribute__((noinline)) void
consider_burst(struct crew *crew, struct slot *slot, uint32_t generation)
{
	/* Relaxed: this thread's count; a client that is just coming or going
	 * gets its mail when the handler returns. */
	if (crew->worker != NULL && atomic_load_explicit(&slot->waiter,
	    memory_order_relaxed) == NULL)
		outbox_consider(&crew->outbox, slot,
		    vm_address(crew->vm, slot->index, generation),
		    atomic_load_explicit(&crew->counts.handled,
		    memory_order_relaxed));
}

/* Pushes what has a sender, for the life `generation`; may_burst: it may begin
 * the sender's burst.  False: full, the envelope is still the caller's. */
static inline __attribute__((always_inline)) bool
push_now(struct crew *crew, struct slot *slot, uint32_t generation,
    struct envelope *envelope, bool may_burst)
{
	/* Relaxed: a limit that changes with the slot's life; the mail of a
	 * former life meets the new one's limit, and is stale anyway. */
	uint32_t max = atomic_load_explicit(&slot->mailbox_max,
	    memory_order_relaxed);
	uint32_t behind;
	enum inbox_pushed pushed = inbox_push_behind(&slot->inbox, envelope,
	    max, &behind);

	if (pushed == INBOX_QUEUED) {
		if (UNLIKELY(behind >= OUTBOX_BACKLOG) && max == 0 && may_burst)
			consider_burst(crew, slot, generation);
		return true;
	}
	if (UNLIKELY(pushed == INBOX_FULL))
		return false;
	send_wake(crew, slot, pushed);
	return true;
}

/* The same, by the outbox if that is its way.  False also: barred. */
static bool
push(struct crew *crew, struct slot *slot, const ths_type *type,
    struct envelope *envelope, bool may_burst)
{
	if (UNLIKELY(crew->outbox.slot != NULL)) {
		enum way way = find_way(crew, slot, type, envelope);

		if (way != WAY_INBOX)
			return way == WAY_OUTBOX;
	}
	return push_now(crew, slot, envelope->to_generation, envelope,
	    may_burst);
}

/* Says from whom an envelope is, and for whom. */
static inline void
address(struct envelope *envelope, struct sender sender, ths_address to)
{
	envelope->to_generation = to.generation;
	envelope->from_generation = sender.generation;
	envelope->from_slot = sender.slot;
}

/* True when the init of the sender in this slot runs, which may
 * send nothing. */
static bool
is_refused(const struct crew *crew, uint32_t by)
{
	return outbox_is_barred(&crew->outbox) &&
	    init_refuses(slots_at(&crew->vm->slots, by), "ths_send");
}

/* A message, counted as accepted, could not be pushed. */
static __attribute__((noinline)) enum ths_status
give_up(struct crew *crew, const struct slot *slot, struct envelope *envelope)
{
	if (is_refused(crew, envelope->from_slot)) {
		counts_add(&crew->counts.accepted, (uint64_t)-1);
		observe_retracted(crew, envelope);
		pool_give(&crew->cache, envelope);
		return THS_NOT_READY;
	}
	counts_add(&crew->counts.limited, 1);
	dead_letter(crew, envelope, address_of(crew, slot, envelope),
	    THS_DEAD_FULL);
	return THS_OK;
}

/* Pushes it, or does what is left to do.  THS_OK or THS_NOT_READY. */
static __attribute__((noinline)) enum ths_status
place(struct crew *crew, struct slot *slot, const ths_type *type,
    struct envelope *envelope, bool may_burst)
{
	return LIKELY(push(crew, slot, type, envelope, may_burst)) ? THS_OK :
	    give_up(crew, slot, envelope);
}

/* The reason why a message without envelope is dead. */
static enum ths_dead_reason
reason_of(enum ths_status status)
{
	return status == THS_LIMIT ? THS_DEAD_FULL : THS_DEAD_NO_MEMORY;
}

/* Nobody of this VM is meant, or nobody has ever lived there. */
static enum ths_dead_reason
reason_of_address(const struct ths_vm *vm, ths_address to)
{
	return to.vm == vm->id || ths_address_is_nobody(to) ?
	    THS_DEAD_NOBODY : THS_DEAD_FOREIGN;
}

/* True when an address may be of somebody here. */
static inline bool
is_here(const struct ths_vm *vm, ths_address to)
{
	return LIKELY(to.vm == vm->id) && slots_has(&vm->slots, to.slot);
}

static struct slot *
find(const struct ths_vm *vm, ths_address to)
{
	return is_here(vm, to) ? slots_at(&vm->slots, to.slot) : NULL;
}

/* Marks a message whose sender waits; 0: it does not. */
static inline __attribute__((always_inline)) void
mark(struct envelope *envelope, uint64_t question)
{
	if (question == 0)
		return;
	envelope->flags = ENVELOPE_QUESTION;
	envelope->correlation = question;
}

/* True for what an actor's handler itself sends, and does not wait for. */
static bool
is_of_handler(const struct sender *sender, bool is_own, uint16_t flags)
{
	return sender->crew->worker != NULL && sender->slot != SLOT_NONE &&
	    !is_own && flags == 0;
}

/* Who is ending is told nothing any more, and fails no more. */
static bool
is_ending(const struct sender *sender)
{
	const struct slot *slot = slots_at(&sender->crew->vm->slots,
	    sender->slot);

	return (slot->flags & (SLOT_LEAVING | SLOT_EXITING)) != 0;
}

/* Any message, to anywhere: what does not go straight. */
static __attribute__((noinline)) enum ths_status
send_whatever(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, bool is_own, uint16_t flags,
    uint64_t correlation)
{
	struct crew *crew = sender->crew;
	struct ths_vm *vm = crew->vm;
	struct envelope *envelope;
	enum ths_status status;

	if (UNLIKELY(is_refused(crew, sender->slot)))
		return THS_NOT_READY;
	if (UNLIKELY(ths_address_is_nobody(to)) &&
	    is_of_handler(sender, is_own, flags) && !is_ending(sender))
		return THS_BAD_ARGUMENT;
	status = seal_message(crew, sender->slot, type, message, is_own,
	    &envelope);
	if (UNLIKELY(status != THS_OK)) {
		if (status == THS_BAD_ARGUMENT || status == THS_TOO_LARGE) {
			if (is_of_handler(sender, is_own, flags))
				failure_unsent(sender, to, type, message,
				    status);
			return status;
		}
		counts_add(&crew->counts.accepted, 1);
		dead_message(crew, type, to, reason_of(status));
		return flags == 0 ? THS_OK : status;
	}
	if (flags != 0) {
		envelope->flags = flags;
		envelope->correlation = correlation;
	}
	address(envelope, *sender, to);
	counts_add(&crew->counts.accepted, 1);
	observe_accepted(crew, to, envelope);
	if (UNLIKELY(system_is_answered(envelope->type))) {
		inspect_answer(sender, to, envelope);
		return THS_OK;
	}
	if (LIKELY(is_here(vm, to)))
		return place(crew, slots_at(&vm->slots, to.slot), type,
		    envelope, sender->slot != SLOT_NONE);
	dead_letter(crew, envelope, to, reason_of_address(vm, to));
	return THS_OK;
}

enum ths_status
send_system(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_whatever(sender, to, type, message, true, 0, 0);
}

/* Copies a plain message of one of the most common sizes, without a call. */
static inline bool
copy_common(unsigned char *to, const void *message, uint32_t size)
{
	if (LIKELY(size == 8))
		memcpy(to, message, 8);
	else if (LIKELY(size == 16))
		memcpy(to, message, 16);
	else
		return size == 0;
	return true;
}

/* Copies a plain message. */
static inline void
copy_plain(unsigned char *to, const void *message, uint32_t size)
{
	if (UNLIKELY(!copy_common(to, message, size)))
		memcpy(to, message, size);
}

/*
 * The usual case in a straight line: a message of a type seen before and of a
 * usual size, without strings or bytes, an envelope in the cache, somebody of
 * this VM, no burst.  What is not usual leaves the line for good, by a call in
 * the last place: so there is little to be kept over a call, and to be saved
 * for it.
 */

/* What is known of its type, if a message can go straight; or NULL. */
static inline const struct type_lookup *
straight_find(struct crew *crew, ths_address to, const ths_type *type,
    const void *message)
{
	const struct type_lookup *known = crew_type_lookup(crew, type);

	return LIKELY(is_here(crew->vm, to) && known->type == type &&
	    message != NULL && !pool_list_is_empty(known->list) &&
	    !fault_strikes(FAULT_ENVELOPE, &crew->cache)) ? known : NULL;
}

/* Its envelope. */
static inline struct envelope *
straight_take(const struct type_lookup *known)
{
	struct envelope *envelope = pool_list_take(known->list, known->size);

	envelope->header = known->header;
	envelope->type = known->number;
	return envelope;
}

/* The end of straight_send() when it is not quite as usual. */
static __attribute__((noinline)) enum ths_status
send_round(struct crew *crew, struct slot *slot,
    const struct type_lookup *known, const void *message,
    struct envelope *envelope)
{
	copy_plain(envelope->message, message, known->size);
	counts_add(&crew->counts.accepted, 1);
	observe_accepted(crew, address_of(crew, slot, envelope), envelope);
	return place(crew, slot, known->type, envelope, true);
}

/* Fills the addressed envelope, and sends it.  THS_OK or THS_NOT_READY.  Apart:
 * so the line is in two halves, of which neither has many registers to save. */
static __attribute__((noinline)) enum ths_status
straight_send(struct crew *crew, ths_address to,
    const struct type_lookup *known, const void *message,
    struct envelope *envelope)
{
	struct slot *slot = slots_at(&crew->vm->slots, to.slot);

	if (UNLIKELY(crew->outbox.slot != NULL ||
	    !copy_common(envelope->message, message, known->size)))
		return send_round(crew, slot, known, message, envelope);
	counts_add(&crew->counts.accepted, 1);
	observe_accepted(crew, to, envelope);
	return LIKELY(push_now(crew, slot, to.generation, envelope, true)) ?
	    THS_OK : give_up(crew, slot, envelope);
}

enum ths_status
send_question(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question)
{
	const struct type_lookup *known = straight_find(sender->crew, to, type,
	    message);
	struct envelope *envelope;

	if (UNLIKELY(known == NULL))
		return send_whatever(sender, to, type, message, false,
		    question == 0 ? 0 : ENVELOPE_QUESTION, question);
	envelope = straight_take(known);
	address(envelope, *sender, to);
	mark(envelope, question);
	return straight_send(sender->crew, to, known, message, envelope);
}

enum ths_status
send_message(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_question(sender, to, type, message, 0);
}

/* Relaxed: the crew's own count. */
static uint64_t
dead_of(const struct crew *crew, enum ths_dead_reason reason)
{
	return atomic_load_explicit(&crew->counts.dead[reason],
	    memory_order_relaxed);
}

enum ths_status
send_tell(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	const struct crew *crew = sender->crew;
	/* What this crew counts meanwhile is this message. */
	uint64_t full = dead_of(crew, THS_DEAD_FULL);
	uint64_t no_memory = dead_of(crew, THS_DEAD_NO_MEMORY);
	enum ths_status status = send_message(sender, to, type, message);

	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(dead_of(crew, THS_DEAD_FULL) != full))
		return THS_FULL;
	if (UNLIKELY(dead_of(crew, THS_DEAD_NO_MEMORY) != no_memory))
		return THS_NO_MEMORY;
	return LIKELY(find(crew->vm, to) != NULL) ? THS_OK : THS_GONE;
}

enum ths_status
send_told(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message, const struct slot *waiting)
{
	return send_whatever(sender, to, type, message, false, ENVELOPE_TOLD,
	    (uint64_t)waiting->generation << 32 | waiting->index);
}

/* Neither the next of a burst nor what can go straight. */
static __attribute__((noinline)) enum ths_status
send_seldom(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	const struct sender sender = send_from(self);

	return send_whatever(&sender, to, type, message, false, 0,
	    0);
}

/* Not the next of a burst. */
static __attribute__((noinline)) enum ths_status
send_first(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	struct crew *crew = slot_of_self(self)->crew;
	const struct type_lookup *known = straight_find(crew, to, type,
	    message);
	struct envelope *envelope;

	if (UNLIKELY(known == NULL))
		return send_seldom(self, to, type, message);
	envelope = straight_take(known);
	address(envelope, send_from(self), to);
	return straight_send(crew, to, known, message, envelope);
}

static __attribute__((noinline)) enum ths_status
push_full(struct crew *crew)
{
	outbox_push(crew);
	return THS_OK;
}

/* The message that lies at the outbox's place is sent. */
static inline enum ths_status
count_packed(struct crew *crew)
{
	counts_add(&crew->counts.accepted, 1);
	observe_packed(crew, crew->outbox.to, crew->outbox.pack);
	return LIKELY(!outbox_add_packed(&crew->outbox)) ? THS_OK :
	    push_full(crew);
}

/* The next of a burst: its receiver, number and size are known; unless it has
 * no type, which a closed outbox seems to know. */
static __attribute__((noinline)) enum ths_status
send_next(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	struct crew *crew = slot_of_self(self)->crew;
	struct outbox *outbox = &crew->outbox;

	if (UNLIKELY(!outbox_goes_to(outbox, to) || type == NULL ||
	    message == NULL))
		return send_first(self, to, type, message);
	if (UNLIKELY(outbox->pack == NULL) && !outbox_begin_pack(crew))
		return send_first(self, to, type, message);
	copy_plain(outbox->place, message, outbox->size);
	return count_packed(crew);
}

/* The same where a pack is begun and the message has the most common size: no
 * call but in its end, so that it needs no stack. */
static inline enum ths_status
send_packed(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	struct crew *crew = slot_of_self(self)->crew;
	struct outbox *outbox = &crew->outbox;

	if (UNLIKELY(outbox->pack == NULL || outbox->size != 8 ||
	    !outbox_goes_to(outbox, to) || message == NULL))
		return send_next(self, to, type, message);
	memcpy(outbox->place, message, 8);
	return count_packed(crew);
}

static inline ths_status
send_from_handler(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	return LIKELY(slot_of_self(self)->crew->outbox.type != type) ?
	    send_first(self, to, type, message) :
	    send_packed(self, to, type, message);
}

ths_status
ths_send_message(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	return send_from_handler(self, to, type, message);
}

ths_status
ths_reply_message(ths_self *self, const ths_type *type, const void *message)
{
	const struct slot *slot = slot_of_self(self);
	ths_address to = send_asker(slot);

	/* Who answers the runtime, which is nobody, has not failed: it is a
	 * dead letter to a place where nobody lives. */
	if (UNLIKELY(ths_address_is_nobody(to)))
		to.vm = slot->crew->vm->id;
	return send_from_handler(self, to, type, message);
}

enum ths_status
send_try_message(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message)
{
	struct crew *crew = sender->crew;
	struct slot *slot = find(crew->vm, to);
	struct envelope *envelope;
	enum ths_status status;

	status = seal_message(crew, sender->slot, type, message, false,
	    &envelope);
	if (status != THS_OK)
		return status;
	if (slot == NULL) {
		pool_give(&crew->cache, envelope);
		return THS_GONE;
	}
	address(envelope, *sender, to);
	/* Counted first: it may be handled before push returns. */
	counts_add(&crew->counts.accepted, 1);
	observe_accepted(crew, to, envelope);
	if (UNLIKELY(system_is_answered(envelope->type))) {
		inspect_answer(sender, to, envelope);
		return THS_OK;
	}
	if (push(crew, slot, type, envelope, sender->slot != SLOT_NONE))
		return THS_OK;
	counts_add(&crew->counts.accepted, (uint64_t)-1);
	observe_retracted(crew, envelope);
	counts_add(&crew->counts.limited, 1);
	pool_give(&crew->cache, envelope);
	return THS_FULL;
}

void
send_on(struct crew *crew, ths_address to, struct envelope *envelope)
{
	struct slot *slot = find(crew->vm, to);

	counts_add(&crew->counts.accepted, 1);
	envelope->to_generation = to.generation;
	observe_accepted(crew, to, envelope);
	if (slot == NULL) {
		dead_letter(crew, envelope, to,
		    reason_of_address(crew->vm, to));
	} else if (!push(crew, slot, NULL, envelope, false)) {
		counts_add(&crew->counts.limited, 1);
		dead_letter(crew, envelope, to, THS_DEAD_FULL);
	}
}

struct envelope *
send_exit_request(struct crew *crew)
{
	const struct ths_exit_request request = { .is_alone = false };
	struct envelope *envelope = pool_take(&crew->cache, sizeof(request));

	if (envelope == NULL)
		return NULL;
	envelope->to_generation = ENVELOPE_ANY_GENERATION;
	envelope->from_slot = SLOT_NONE;
	envelope->from_generation = 0;
	envelope->from_vm = 0;
	envelope->type = SYSTEM_EXIT_REQUEST;
	envelope->kind = ENVELOPE_EXIT;
	envelope->flags = ENVELOPE_OWN;
	memcpy(envelope->message, &request, sizeof(request));
	return envelope;
}

void
send_own(struct crew *crew, struct slot *to, struct envelope *envelope)
{
	enum inbox_pushed pushed;

	counts_add(&crew->counts.accepted, 1);
	observe_accepted(crew, address_of(crew, to, envelope), envelope);
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew);
	pushed = inbox_push(&to->inbox, envelope, 0);
	if (pushed != INBOX_QUEUED)
		send_wake(crew, to, pushed);
}
