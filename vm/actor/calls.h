/* SPDX-License-Identifier: MIT */
/*
 * calls - questions that actors have asked, and wait for the answers to.
 *
 * A call has a slot of its own, the reply slot: its address is the sender of
 * the question.  The first mail, refusal or wake-up that is met there ends the
 * slot's life, and goes on to the caller as ENVELOPE_ANSWER.  So there is one
 * answer to each call, whoever comes first.
 *
 *   caller                       reply slot                  others
 *     call, in its annex           SLOT_CALL
 *                                  <---- MAIL ---------------- an answer
 *                                  <---- REFUSAL ------------- a dead letter
 *                                  <---- WAKEUP -------------- the timer
 *     <-- ANSWER: one of them ---- closed, not listed
 *     lists the slot as free
 *
 *     ends: DROP --------------->  closed; lists itself
 *
 * The call itself lies in an envelope, which is the DROP when the caller ends:
 * that needs no memory.  An ANSWER that the caller does not live to meet frees
 * nothing but the slot; DROP is under way to it, and is met before the slot is
 * used again, since only an idle one is claimed.
 *
 *   field of the reply slot  written by                    read by
 *   parent_slot, …           the caller, before it asks    its consumer
 *   state                    the same: the call            its consumer; the
 *                                                          caller, by ANSWER
 *
 * Threads: calls_meet: the reply slot's consumer; the others: the caller's.
 */
#ifndef VM_ACTOR_CALLS_H
#define VM_ACTOR_CALLS_H

#include "mailbox/envelope.h"
#include "thespis/call.h"
#include "vm/actor/annex.h"
#include "vm/actor/slot.h"

/* A reply slot meets mail of its present life.  Takes it. */
void calls_meet(struct slot *reply, struct envelope *envelope);

/* The caller meets an answer.  Takes it. */
void calls_answered(struct slot *slot, struct envelope *answer);

/* The same where the caller lives no more: frees what hangs on the answer; true
 * if it holds a message, which is plain mail from here on. */
bool calls_settle(struct crew *crew, struct envelope *answer);

/* Drops the calls of an actor that ends. */
void calls_end(struct crew *crew, struct annex *annex);

#endif
