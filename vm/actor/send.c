/* SPDX-License-Identifier: MIT */
/* send - puts a message into a mailbox of this VM; see send.h. */
#include "vm/actor/send.h"

#include <string.h>

#include "thespis/life.h"
#include "vm/actor/dead.h"
#include "vm/actor/init.h"
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

/* A message, counted as accepted, could not be pushed.  What the sender is to be
 * told; blind: nothing, if it was allowed to send. */
static __attribute__((noinline)) enum ths_status
give_up(const struct sender *sender, ths_address to, struct envelope *envelope,
    bool is_blind)
{
	struct crew *crew = sender->crew;

	if (is_refused(sender)) {
		counts_add(&crew->counts.accepted, (uint64_t)-1);
		pool_give(&crew->cache, envelope);
		return THS_NOT_READY;
	}
	counts_add(&crew->counts.limited, 1);
	dead_letter(crew, envelope, to, THS_DEAD_FULL);
	return is_blind ? THS_OK : THS_FULL;
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

/* What becomes of a message beside being sent. */
struct manner {
	bool is_own;          /* of a type that only the runtime sends */
	bool is_blind;        /* nobody asks why it could not be placed */
	uint16_t flags;       /* enum envelope_flag */
	uint64_t correlation; /* as they say */
};

/* Any message, to anywhere.  What cannot be placed is a dead letter; the status
 * says why if it is not blind: also THS_GONE, THS_FULL, THS_NO_MEMORY, THS_LIMIT. */
static __attribute__((noinline)) enum ths_status
send_whatever(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, struct manner manner)
{
	struct crew *crew = sender->crew;
	struct ths_vm *vm = crew->vm;
	struct envelope *envelope;
	struct slot *slot;
	enum ths_status status;

	if (UNLIKELY(is_refused(sender)))
		return THS_NOT_READY;
	status = seal(crew, type, message, manner.is_own, &envelope);
	if (UNLIKELY(status != THS_OK)) {
		if (status == THS_BAD_ARGUMENT || status == THS_TOO_LARGE)
			return status;
		counts_add(&crew->counts.accepted, 1);
		dead_message(crew, type, to, reason_of(status));
		return manner.is_blind ? THS_OK : status;
	}
	envelope->flags = manner.flags;
	envelope->correlation = manner.correlation;
	counts_add(&crew->counts.accepted, 1);
	slot = find(vm, to);
	if (UNLIKELY(slot == NULL)) {
		envelope->from_slot = sender->slot;
		envelope->from_generation = sender->generation;
		envelope->to_generation = to.generation;
		dead_letter(crew, envelope, to, reason_of_address(vm, to));
		return manner.is_blind ? THS_OK : THS_GONE;
	}
	if (UNLIKELY(!push(sender, slot, to, type, envelope)))
		return give_up(sender, to, envelope, manner.is_blind);
	return THS_OK;
}

/* What send_straight() does not do itself. */
static enum ths_status
send_any(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message, uint64_t question, bool is_blind)
{
	return send_whatever(sender, to, type, message, (struct manner){
	    .is_blind = is_blind,
	    .flags = question == 0 ? 0 : ENVELOPE_QUESTION,
	    .correlation = question });
}

enum ths_status
send_system(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_whatever(sender, to, type, message,
	    (struct manner){ .is_own = true, .is_blind = true });
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
 * bytes, an envelope in the cache, somebody of this VM.  Returns as
 * send_whatever(), or blindly, as send_message().
 */
static inline __attribute__((always_inline)) enum ths_status
send_straight(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question,
    bool is_blind)
{
	struct crew *crew = sender->crew;
	const struct type_lookup *known = crew_type_lookup(crew, type);
	struct slot *slot = find(crew->vm, to);
	struct envelope *envelope;

	if (UNLIKELY(known->type != type || !known->is_plain ||
	    message == NULL || slot == NULL))
		return send_any(sender, to, type, message, question, is_blind);
	envelope = pool_try_take(&crew->cache, known->size_class, known->size);
	if (UNLIKELY(envelope == NULL))
		return send_any(sender, to, type, message, question, is_blind);
	envelope->header = known->header;
	envelope->type = known->number;
	mark(envelope, question);
	copy_plain(envelope->message, message, known->size);
	counts_add(&crew->counts.accepted, 1);
	if (UNLIKELY(!push(sender, slot, to, type, envelope)))
		return give_up(sender, to, envelope, is_blind);
	return THS_OK;
}

enum ths_status
send_message(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_straight(sender, to, type, message, 0, true);
}

enum ths_status
send_tell(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message)
{
	return send_straight(sender, to, type, message, 0, false);
}

enum ths_status
send_question(const struct sender *sender, ths_address to,
    const ths_type *type, const void *message, uint64_t question)
{
	enum ths_status status = send_straight(sender, to, type, message,
	    question, false);

	/* The refusal says it. */
	return LIKELY(status != THS_GONE && status != THS_FULL) ? status :
	    THS_OK;
}

enum ths_status
send_told(const struct sender *sender, ths_address to, const ths_type *type,
    const void *message, const struct slot *waiting)
{
	enum ths_status status = send_whatever(sender, to, type, message,
	    (struct manner){ .flags = ENVELOPE_TOLD, .correlation =
	    (uint64_t)waiting->generation << 32 | waiting->index });

	return status == THS_GONE || status == THS_FULL ? THS_OK : status;
}

/* Not the next of a burst. */
static __attribute__((noinline)) enum ths_status
send_first(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	const struct slot *slot = slot_of_self(self);
	struct sender sender = { slot->crew, slot->index, slot->generation };

	return send_straight(&sender, to, type, message, 0, true);
}

/* The next of a burst: its receiver, number and size are known; unless it has no
 * type, which a closed outbox seems to know. */
static __attribute__((noinline)) enum ths_status
send_next(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	struct crew *crew = slot_of_self(self)->crew;
	struct outbox *outbox = &crew->outbox;
	struct envelope *envelope;

	if (UNLIKELY(!outbox_goes_to(outbox, to) || type == NULL ||
	    message == NULL))
		return send_first(self, to, type, message);
	envelope = pool_try_take(&crew->cache, outbox->size_class,
	    outbox->size);
	if (UNLIKELY(envelope == NULL))
		return send_first(self, to, type, message);
	envelope->head = outbox->head;
	copy_plain(envelope->message, message, outbox->size);
	counts_add(&crew->counts.accepted, 1);
	if (UNLIKELY(outbox_add(outbox, envelope)))
		outbox_push(crew);
	return THS_OK;
}

ths_status
ths_send_message(ths_self *self, ths_address to, const ths_type *type,
    const void *message)
{
	return LIKELY(slot_of_self(self)->crew->outbox.type != type) ?
	    send_first(self, to, type, message) :
	    send_next(self, to, type, message);
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
