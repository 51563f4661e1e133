/* SPDX-License-Identifier: MIT */
/*
 * call - an actor asks another one and goes on; the answer comes to a function.
 *
 *     static ths_status
 *     on_price(ths_self *self, void *state, uint64_t item,
 *         const ths_mail *answer)
 *     {
 *         struct shop *shop = state;
 *         const struct price *price = ths_mail_as(answer, price);
 *
 *         if (price == NULL)
 *             return ths_fail(self, "no price: %s", ths_mail_why(answer));
 *         shop->prices[item] = price->cents;
 *         return THS_OK;
 *     }
 *
 *     return ths_call_from(self, dealer, THS_SECONDS(2), on_price, item,
 *         price_wanted, .item = item);
 *
 * It is what ths_call() is for a thread: the receiver sees a one-shot address
 * as the sender; the first mail sent there is the answer, by whomever; a later
 * one is a dead letter (THS_DEAD_LATE).  Each call is a target of its own:
 * answers keep no order among each other, nor with other mail of their senders.
 *
 * Threads: the actor's own handlers.  The function is called as a handler of
 * the actor, between its messages.
 *
 * Limits: calls_max of the VM for each actor; a call takes a place of
 * actors_max, and one of timers_max unless it waits for ever.  A call that a
 * limit refuses counts in limits_hit.
 */
#ifndef THESPIS_CALL_H
#define THESPIS_CALL_H

#include "thespis/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Takes the answer to a call: the actor's state, the call's context, and the
 * answer as ths_call() returns it: never NULL, and ths_mail_status() says why
 * there is no message (THS_TIMEOUT; THS_GONE, THS_REFUSED, THS_FULL or
 * THS_NO_MEMORY when the question became a dead letter, and then at once).  The
 * answer is the runtime's; ths_keep() and ths_forward() work on it, ths_stash()
 * does not.  If the function fails, that is logged and counted; it is not
 * called again, and nobody is poisoned.
 */
typedef ths_status (*ths_answer_handler)(ths_self *self, void *state,
    uint64_t context, const ths_mail *answer);

/*
 * Sends a question, and has function called once with its answer, or when
 * timeout is over (0 or less: as soon as possible; THS_FOREVER: never); unless
 * the actor ends first, or waits for its children to end: then a late answer is
 * a dead letter.  context is any number; a pointer is given as
 * (uintptr_t)pointer.  Returns THS_OK; or, and then function is not called,
 * THS_BAD_ARGUMENT (also: no function), THS_TOO_LARGE, THS_NO_MEMORY,
 * THS_LIMIT, or THS_WRONG_PLACE (the actor ends).
 */
#define ths_call_from(self, to, timeout, function, context, ...) \
	ths_call_from_message((self), (to), (timeout), (function), (context), \
	    THS_PAYLOAD(__VA_ARGS__))
THS_NODISCARD THS_PUBLIC ths_status ths_call_from_message(ths_self *self,
    ths_address to, ths_duration timeout, ths_answer_handler function,
    uint64_t context, const ths_type *type, const void *message);

#ifdef __cplusplus
}
#endif
#endif
