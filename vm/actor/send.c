/* SPDX-License-Identifier: MIT */
/* send - puts a message into a mailbox of this VM; see send.h. */
#include "vm/actor/send.h"

#include <string.h>

#include "thespis/life.h"
#include "vm/actor/dead.h"
#include "vm/actor/failure.h"
#include "vm/actor/init.h"
#include "vm/admin/inspect.h"
#include "vm/endpoint/client.h"
#include "vm/message/flat.h"
#include "vm/message/system.h"
#include "vm/vm.h"

/* As send_seal(), of any type. */
static enum ths_status
seal(struct crew *crew, const ths_type *type, const void *message,
    bool is_own, struct envelope **sealed)
{
	struct envelope *envelope;
	enum ths_status status;
	uint32_t number;
	uint32_t size;

	if (UNLIKELY(type == NULL))
		return THS_BAD_ARGUMENT;
	/* First: a descriptor is looked at when its number is given. */
	status = crew_type(crew, type, &number);
	if (UNLIKELY(status != THS_OK))
		return status;
	status = flat_measure(type, message, &size);
	if (UNLIKELY(status != THS_OK))
		return status;
	if (UNLIKELY(system_is_reserved(number) && !is_own))
		return THS_BAD_ARGUMENT;
	envelope = pool_take(&crew->cache, size);
	if (UNLIKELY(envelope == NULL))
		return THS_NO_MEMORY;
	envelope->type = number;
	envelope->from_vm = 0;
	envelope->kind = send_kind(number);
	envelope->flags = 0;
	flat_write(type, message, envelope->message, size);
	*sealed = envelope;
	return THS_OK;
}

enum ths_status
send_seal(struct crew *crew, const ths_type *type, const void *message,
    struct envelope **sealed)
{
	return seal(crew, type, message, false, sealed);
}

void
send_wake(struct crew *crew, struct slot *slot, enum inbox_pushed pushed)
{
	if (UNLIKELY(pushed == INBOX_WAS_AWAITED)) {
		/* [W] of vm/actor/slot.h */
		struct ths_client *waiter = atomic_load_explicit(
		    &slot->waiter, memory_order_acquire);

		if (waiter != NULL)
			client_wake(waiter);
	} else if (LIKELY(crew->worker != NULL)) {
		worker_submit_woken(crew->worker, &slot->task);
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

/* What is in the outbox must not be overtaken: what is for the same life goes into
 * it, too, unless it has flags, for a run has its own. */
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
			return false;
	}
	if (type != NULL && crew_type_lookup(crew, type)->type == type &&
	    crew_type_lookup(crew, type)->is_plain)
		outbox_learn(crew, type, envelope);
	if (outbox_add(&crew->outbox, envelope))
		outbox_push(crew);
	return WAY_OUTBOX;
}

/*
 * A message found many before it.  A client's crew has no handler that returns,
 * and the runtime itself, which is nobody, may send between two handlers.  A
 * client that is written to is a thread that may be asleep by then, and wants to
 * be woken by the first message.
 */
static inline void
consider_burst(struct crew *crew, struct slot *slot, ths_address to)
{
	/* Relaxed: this thread's count; a client that is just coming or going
	 * gets its mail when the handler returns. */
	if (crew->worker != NULL && atomic_load_explicit(&slot->waiter,
	    memory_order_relaxed) == NULL)
		outbox_consider(&crew->outbox, slot, to, atomic_load_explicit(
		    &crew->counts.handled, memory_order_relaxed));
}

/* Pushes what has a sender; `by` is the slot whose burst it may begin, or
 * SLOT_NONE.  False: full or barred, the envelope is still the caller's. */
static inline bool
push_from(struct crew *crew, uint32_t by, struct slot *slot, ths_address to,
    const ths_type *type, struct envelope *envelope)
{
	enum inbox_pushed pushed;
	uint32_t behind, max;

	envelope->to_generation = to.generation;
	if (UNLIKELY(crew->outbox.slot != NULL)) {
		enum way way = find_way(crew, slot, type, envelope);

		if (way != WAY_INBOX)
			return way == WAY_OUTBOX;
	}
	/* Relaxed: a limit that changes with the slot's life; the mail of a
	 * former life meets the new one's limit, and is stale anyway. */
	max = atomic_load_explicit(&slot->mailbox_max, memory_order_relaxed);
	pushed = inbox_push_behind(&slot->inbox, envelope, max, &behind);
	if (pushed == INBOX_QUEUED) {
		if (UNLIKELY(behind >= OUTBOX_BACKLOG) && max == 0 &&
		    by != SLOT_NONE)
			consider_burst(crew, slot, to);
		return true;
	}
	if (UNLIKELY(pushed == INBOX_FULL))
		return false;
	send_wake(crew, slot, pushed);
	return true;
}

/* The same from this sender. */
static inline bool
push(const struct sender *sender, struct slot *slot, ths_address to,
    const ths_type *type, struct envelope *envelope)
{
	envelope->from_slot = sender->slot;
	envelope->from_generation = sender->generation;
	return push_from(sender->crew, sender->slot, slot, to, type,
	    envelope);
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

static struct slot *
find(const struct ths_vm *vm, ths_address to)
{
	return LIKELY(to.vm == vm->id) ? slots_find(&vm->slots, to.slot) :
	    NULL;
}

/* True when the sender's init runs, which may send nothing. */
static bool
is_refused(const struct sender *sender)
{
	const struct crew *crew = sender->crew;

	return outbox_is_barred(&crew->outbox) && init_refuses(
	    slots_at(&crew->vm->slots, sender->slot), "ths_send");
}

/* A message, counted as accepted, could not be pushed. */
static __attribute__((noinline)) enum ths_status
give_up(const struct sender *sender, ths_address to, struct envelope *envelope)
{
	struct crew *crew = sender->crew;

	if (is_refused(sender)) {
		counts_add(&crew->counts.accepted, (uint64_t)-1);
		pool_give(&crew->cache, envelope);
		return THS_NOT_READY;
	}
	counts_add(&crew->counts.limited, 1);
	dead_letter(crew, envelope, to, THS_DEAD_FULL);
	return THS_OK;
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
is_of_handler(const struct sender *sender, bool is_own, uint64_t question)
{
	return sender->crew->worker != NULL && sender->slot != SLOT_NONE &&
	    !is_own && question == 0;
}

/* Who is ending is told nothing any more, and fails no more. */
static bool
is_ending(const struct sender *sender)
{
	const struct slot *slot = slots_at(&sender->crew->vm->slots,
	    sender->slot);

	return (slot->flags & (SLOT_LEAVING | SLOT_EXITING)) != 0;
}

/* Any message, to anywhere: what send_message() does not do itself. */
static __attribute__((noinline)) enum ths_status
send_whatever(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, bool is_own, uint64_t question)
{
	struct crew *crew = sender->crew;
	struct ths_vm *vm = crew->vm;
	struct envelope *envelope;
	struct slot *slot;
	enum ths_status status;

	if (UNLIKELY(is_refused(sender)))
		return THS_NOT_READY;
	if (UNLIKELY(ths_address_is_nobody(to)) &&
	    is_of_handler(sender, is_own, question) && !is_ending(sender))
		return THS_BAD_ARGUMENT;
	status = seal(crew, type, message, is_own, &envelope);
	if (UNLIKELY(status != THS_OK)) {
		if (status == THS_BAD_ARGUMENT || status == THS_TOO_LARGE) {
			if (is_of_handler(sender, is_own, question))
				failure_unsent(sender, to, type, message,
				    status);
			return status;
		}
		counts_add(&crew->counts.accepted, 1);
		dead_message(crew, type, to, reason_of(status));
		return question == 0 ? THS_OK : status;
	}
	mark(envelope, question);
	counts_add(&crew->counts.accepted, 1);
	slot = find(vm, to);
	if (UNLIKELY(system_is_answered(envelope->type))) {
		inspect_answer(sender, to, envelope);
	} else if (UNLIKELY(slot == NULL)) {
		envelope->from_slot = sender->slot;
		envelope->from_generation = sender->generation;
		envelope->to_generation = to.generation;
		dead_letter(crew, envelope, to, reason_of_address(vm, to));
	} else if (UNLIKELY(!push(sender, slot, to, type, envelope))) {
		return give_up(sender, to, envelope);
	}
	return THS_OK;
}

static enum ths_status
send_any(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message, uint64_t question)
{
	return send_whatever(sender, to, type, message, false, question);
}

enum ths_status
send_system(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_whatever(sender, to, type, message, true, 0);
}

/* Copies a plain message; the two most common sizes without a call. */
static inline void
copy_plain(unsigned char *to, const void *message, uint32_t size)
{
	if (LIKELY(size == 8))
		memcpy(to, message, 8);
	else if (LIKELY(size == 16))
		memcpy(to, message, 16);
	else if (size > 0)
		memcpy(to, message, size);
}

/*
 * The usual case in a straight line: a type seen before, without strings or
 * bytes, an envelope in the cache, somebody of this VM.
 */
static inline __attribute__((always_inline)) enum ths_status
send_straight(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question)
{
	struct crew *crew = sender->crew;
	const struct type_lookup *known = crew_type_lookup(crew, type);
	struct slot *slot = find(crew->vm, to);
	struct envelope *envelope;

	if (UNLIKELY(known->type != type || !known->is_plain ||
	    message == NULL || slot == NULL))
		return send_any(sender, to, type, message, question);
	envelope = pool_try_take(&crew->cache, known->size_class, known->size);
	if (UNLIKELY(envelope == NULL))
		return send_any(sender, to, type, message, question);
	envelope->header = known->header;
	envelope->type = known->number;
	mark(envelope, question);
	copy_plain(envelope->message, message, known->size);
	counts_add(&crew->counts.accepted, 1);
	if (UNLIKELY(!push(sender, slot, to, type, envelope)))
		return give_up(sender, to, envelope);
	return THS_OK;
}

enum ths_status
send_message(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_straight(sender, to, type, message, 0);
}

enum ths_status
send_question(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question)
{
	return send_straight(sender, to, type, message, question);
}

/* Not the next of a burst. */
static __attribute__((noinline)) enum ths_status
send_first(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	const struct slot *slot = slot_of_self(self);
	struct sender sender = { slot->crew, slot->index, slot->generation };

	return send_straight(&sender, to, type, message, 0);
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
	return LIKELY(!outbox_add_packed(&crew->outbox)) ? THS_OK :
	    push_full(crew);
}

/* The next of a burst: its receiver, number and size are known; unless it has no
 * type, which a closed outbox seems to know. */
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

ths_status
ths_send_message(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	return LIKELY(slot_of_self(self)->crew->outbox.type != type) ?
	    send_first(self, to, type, message) :
	    send_packed(self, to, type, message);
}

enum ths_status
send_try_message(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message)
{
	struct crew *crew = sender->crew;
	struct slot *slot = find(crew->vm, to);
	struct envelope *envelope;
	enum ths_status status;

	status = send_seal(crew, type, message, &envelope);
	if (status != THS_OK)
		return status;
	if (slot == NULL) {
		pool_give(&crew->cache, envelope);
		return THS_GONE;
	}
	/* Counted first: it may be handled before push returns. */
	counts_add(&crew->counts.accepted, 1);
	if (UNLIKELY(system_is_answered(envelope->type))) {
		inspect_answer(sender, to, envelope);
		return THS_OK;
	}
	if (push(sender, slot, to, type, envelope))
		return THS_OK;
	counts_add(&crew->counts.accepted, (uint64_t)-1);
	counts_add(&crew->counts.limited, 1);
	pool_give(&crew->cache, envelope);
	return THS_FULL;
}

void
send_on(struct crew *crew, ths_address to, struct envelope *envelope)
{
	struct slot *slot = find(crew->vm, to);

	counts_add(&crew->counts.accepted, 1);
	if (slot == NULL) {
		envelope->to_generation = to.generation;
		dead_letter(crew, envelope, to,
		    reason_of_address(crew->vm, to));
	} else if (!push_from(crew, SLOT_NONE, slot, to, NULL, envelope)) {
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
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew);
	pushed = inbox_push(&to->inbox, envelope, 0);
	if (pushed != INBOX_QUEUED)
		send_wake(crew, to, pushed);
}
