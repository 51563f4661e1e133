/* SPDX-License-Identifier: MIT */
/* calls - questions that actors have asked; see calls.h. */
#include "vm/actor/calls.h"

#include "base/fault.h"
#include "thespis/timer.h"
#include "vm/actor/dead.h"
#include "vm/actor/handling.h"
#include "vm/actor/init.h"
#include "vm/actor/life.h"
#include "vm/actor/send.h"
#include "vm/actor/strays.h"
#include "vm/actor/wakeup.h"
#include "vm/endpoint/client.h"
#include "vm/observe.h"
#include "vm/vm.h"

enum { QUESTION = 1 }; /* the number of the only one a reply slot asks */

/* Lies in an envelope, the DROP. */
struct call {
	struct slot *reply;
	struct call *older; /* the caller's; NULL: none */
	struct call *younger;
	ths_answer_handler function;
	uint64_t context;
	ths_timer timer; /* 0: none */
};

static struct envelope *
drop_of(struct call *call)
{
	return CONTAINER_OF((unsigned char (*)[])(void *)call, struct envelope,
	    message);
}

/* --------------------------------------------------------------------- list */

static void
link_in(struct annex *annex, struct call *call)
{
	call->older = annex->calls;
	call->younger = NULL;
	if (annex->calls != NULL)
		annex->calls->younger = call;
	annex->calls = call;
	annex->calls_length++;
}

static void
unlink(struct annex *annex, struct call *call)
{
	if (call->older != NULL)
		call->older->younger = call->younger;
	if (call->younger != NULL)
		call->younger->older = call->older;
	else
		annex->calls = call->older;
	annex->calls_length--;
}

/* --------------------------------------------------------------- reply slot */

/* A reply slot in the hands of its caller, with its call; unknown to others. */
static enum ths_status
open_reply(const struct slot *slot, struct call **opened)
{
	struct crew *crew = slot->crew;
	struct envelope *drop = fault_strikes(FAULT_CALL, slot) ? NULL :
	    pool_take(&crew->cache, sizeof(**opened));
	enum ths_status status;
	struct slot *reply;

	if (drop == NULL)
		return THS_NO_MEMORY;
	status = slots_take(&crew->vm->slots, &crew->free_slots, &reply);
	if (status != THS_OK) {
		if (status == THS_LIMIT)
			counts_add(&crew->counts.limited, 1);
		pool_give(&crew->cache, drop);
		return status;
	}
	*opened = (struct call *)(void *)drop->message;
	**opened = (struct call){ .reply = reply };
	drop->to_generation = reply->generation;
	drop->kind = ENVELOPE_DROP;
	drop->flags = 0;
	reply->crew = crew;
	reply->flags = SLOT_REPLY | SLOT_CALL;
	reply->taken = NULL;
	reply->state = *opened;
	/* Release: [I] of vm/actor/slot.h; who reads them sees that no actor
	 * lives here. */
	atomic_store_explicit(&reply->parent_slot, slot->index,
	    memory_order_release);
	atomic_store_explicit(&reply->parent_generation, slot->generation,
	    memory_order_release);
	/* Relaxed: no limit, for who looks at it now and then. */
	atomic_store_explicit(&reply->mailbox_max, 0, memory_order_relaxed);
	return THS_OK;
}

/* Ends the slot's life: whoever writes to it from now on is late.  It lists
 * itself as free when it goes idle, or the caller does. */
static void
close_reply(struct slot *reply, bool lists_itself)
{
	struct call *call = reply->state;

	if (call->timer != 0)
		(void)ths_timer_cancel(slot_self(reply), call->timer);
	life_close(reply);
	reply->state = call;
	reply->flags = SLOT_REPLY | (lists_itself ?
	    reply->flags & SLOT_UNLISTED : 0);
}

static void
pass_to_caller(struct slot *reply, struct envelope *envelope)
{
	struct crew *crew = reply->crew;
	struct slot *caller = slots_at(&crew->vm->slots, slot_parent(reply));
	enum inbox_pushed pushed;

	envelope->to_generation = slot_parent_generation(reply);
	observe_passed(reply, envelope);
	envelope->kind = ENVELOPE_ANSWER;
	envelope->flags = 0;
	envelope->correlation = (uintptr_t)reply;
	close_reply(reply, false);
	if (UNLIKELY(crew->outbox.slot != NULL))
		outbox_close(crew);
	pushed = inbox_push(&caller->inbox, envelope, 0);
	if (pushed != INBOX_QUEUED)
		send_wake(crew, caller, pushed);
}

void
calls_meet(struct slot *reply, struct envelope *envelope)
{
	struct crew *crew = reply->crew;
	const struct call *call = reply->state;

	switch ((enum envelope_kind)envelope->kind) {
	case ENVELOPE_REFUSAL:
		/* It has no message: the reason stands where its size did. */
		envelope->type = SYSTEM_WAKEUP;
		envelope->size = (uint16_t)(envelope->correlation &
		    ((1u << DEAD_REASON_BITS) - 1));
		pass_to_caller(reply, envelope);
		break;
	case ENVELOPE_WAKEUP:
		wakeup_end(crew->vm, envelope);
		if (envelope->correlation != call->timer) {
			dead_absorb(crew, envelope);
			break;
		}
		envelope->size = THS_DEAD_COUNT; /* no reason: it is late */
		pass_to_caller(reply, envelope);
		break;
	case ENVELOPE_MAIL:
		pass_to_caller(reply, envelope);
		break;
	case ENVELOPE_DROP:
		close_reply(reply, true);
		pool_give(&crew->cache, envelope);
		break;
	case ENVELOPE_PACK: /* opened before */
	case ENVELOPE_MONITOR: /* nobody who lives, or could end */
	case ENVELOPE_UNMONITOR:
	case ENVELOPE_UNMONITORED:
	case ENVELOPE_UNLINK:
	case ENVELOPE_DOWN:
	case ENVELOPE_NAME:
		strays_end_stale(reply, envelope);
		break;
	case ENVELOPE_EXIT:
	case ENVELOPE_START:
	case ENVELOPE_CHILD:
	case ENVELOPE_ANSWER:
		dead_absorb(crew, envelope);
		break;
	}
}

/* ------------------------------------------------------------------- caller */

static bool
is_mail(const struct envelope *answer)
{
	return answer->type != SYSTEM_WAKEUP;
}

static struct slot *
reply_of(const struct envelope *answer)
{
	return (struct slot *)(uintptr_t)answer->correlation;
}

/* Lists the reply slot as free, unless it has had its last life. */
static void
give_reply(struct crew *crew, struct slot *reply)
{
	if (LIKELY(reply->generation != 0))
		slots_give(&crew->vm->slots, &crew->free_slots, reply);
}

bool
calls_settle(struct crew *crew, struct envelope *answer)
{
	give_reply(crew, reply_of(answer));
	if (!is_mail(answer))
		return false;
	answer->kind = ENVELOPE_MAIL;
	return true;
}

/* The answer as its function sees it. */
static const ths_mail *
show(struct annex *annex, struct envelope *answer)
{
	if (is_mail(answer)) {
		/* As if it were kept, but that it has no place there. */
		answer->flags = ENVELOPE_KEPT;
		answer->next = (struct envelope *)(void *)annex;
		return (const ths_mail *)(const void *)answer;
	}
	answer->from_slot = SLOT_NONE;
	return answer->size == THS_DEAD_COUNT ? mail_refused(THS_TIMEOUT) :
	    mail_dead((enum ths_dead_reason)answer->size);
}

void
calls_answered(struct slot *slot, struct envelope *answer)
{
	struct slot *reply = reply_of(answer);
	struct crew *crew = slot->crew;
	struct call *call = reply->state;
	ths_answer_handler function = call->function;
	uint64_t context = call->context;
	enum ths_status status;
	const ths_mail *mail;

	unlink(slot->annex, call);
	pool_give(&crew->cache, drop_of(call));
	if (slot->flags & SLOT_EXITING) {
		if (calls_settle(crew, answer))
			dead_letter_at(slot, answer, THS_DEAD_EXITED);
		else
			dead_absorb(crew, answer);
		return;
	}
	give_reply(crew, reply);
	slot->current = answer;
	observe_handled(crew, slot, answer,
	    is_mail(answer) ? answer->message : NULL);
	mail = show(slot->annex, answer);
	status = handling_fails(slot) ? handling_failure(slot) :
	    function(slot_self(slot), slot->state, context, mail);
	counts_add(&crew->counts.handled, 1);
	observe_returned(slot, status);
	if (crew->outbox.slot != NULL)
		outbox_close(crew);
	if (handling_after(slot, answer, answer->message, status))
		pool_give(&crew->cache, answer);
}

void
calls_end(struct crew *crew, struct annex *annex)
{
	while (annex->calls != NULL) {
		struct call *call = annex->calls;
		struct slot *reply = call->reply;
		enum inbox_pushed pushed;

		annex->calls = call->older;
		pushed = inbox_push(&reply->inbox, drop_of(call), 0);
		if (pushed != INBOX_QUEUED)
			send_wake(crew, reply, pushed);
	}
}

/* Sets the timer and sends the question; the reply slot is still the caller's.
 * */
static enum ths_status
ask(struct call *call, ths_address to, ths_duration timeout,
    const ths_type *type, const void *message)
{
	struct slot *reply = call->reply;
	const struct sender sender = { reply->crew, reply->index,
		reply->generation };
	enum ths_status status = THS_OK;

	if (timeout != THS_FOREVER)
		status = ths_timer_set(slot_self(reply), timeout, 0,
		    &call->timer);
	return status != THS_OK ? status :
	    send_question(&sender, to, type, message, QUESTION);
}

/* Lets go of the reply slot: from here on its task runs what comes. */
static void
let_go(struct slot *reply, bool has_to_run)
{
	struct worker *worker = reply->crew->worker;

	if (has_to_run || !inbox_try_idle(&reply->inbox))
		worker_submit(worker, &reply->task, READY_RESUMED);
}

ths_status
ths_call_from_message(ths_self *self, ths_address to, ths_duration timeout,
    ths_answer_handler function, uint64_t context, const ths_type *type,
    const void *message)
{
	struct slot *slot = slot_of_self(self);
	struct crew *crew = slot->crew;
	enum ths_status status;
	struct annex *annex;
	struct call *call;

	if (function == NULL)
		return THS_BAD_ARGUMENT;
	if (slot->flags & (SLOT_NEW | SLOT_LEAVING | SLOT_EXITING))
		return init_refusal(slot, "ths_call_from", THS_WRONG_PLACE);
	annex = annex_need(crew, slot);
	if (annex == NULL)
		return THS_NO_MEMORY;
	if (annex->calls_length >= crew->vm->config.calls_max) {
		counts_add(&crew->counts.limited, 1);
		return THS_LIMIT;
	}
	status = open_reply(slot, &call);
	if (status != THS_OK)
		return status;
	call->function = function;
	call->context = context;
	status = ask(call, to, timeout, type, message);
	if (status == THS_OK) {
		link_in(annex, call);
		let_go(call->reply, false);
		return THS_OK;
	}
	close_reply(call->reply, true);
	let_go(call->reply, true);
	pool_give(&crew->cache, drop_of(call));
	return status;
}
