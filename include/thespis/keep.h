/* SPDX-License-Identifier: MIT */
/*
 * keep - what an actor does with the message it handles, beside reading it:
 * keeps it for later, or passes it on.
 *
 *     static ths_status
 *     on_order(ths_self *self, struct shop *shop, const struct order *order)
 *     {
 *         if (order->size > SHOP_MAX)
 *             return ths_forward(self, shop->factory);
 *         shop->waiting[shop->length++] = ths_keep(self);
 *         return THS_OK;
 *     }
 *
 * Either is done at once, without a copy, once for each message.  The handler
 * may still fail afterwards; then there is no second attempt, since the message
 * is no longer the handler's: the sender gets a ths_poison without the message
 * that says so, and what was kept or passed on is as it was.
 *
 * Threads: the actor's own handlers.  What is read of kept mail (ths_mail_as(),
 * ths_mail_sender(), ths_mail_why(), ths_mail_status()) may be read by any
 * thread, until the actor gives it back.
 *
 * Ownership: kept mail is the actor's, which gives it back with ths_mail_free()
 * in one of its handlers, or passes it on.  What is left when the actor ends is
 * freed after its exit.
 *
 * Limits: kept_max of the VM; a call that it refuses counts in limits_hit.
 */
#ifndef THESPIS_KEEP_H
#define THESPIS_KEEP_H

#include "thespis/client.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Keeps the message being handled: it, and all it points to, lives until
 * ths_mail_free().  ths_sender() and ths_reply() still mean its sender.
 * Never NULL: when the message is not kept, ths_mail_status() says why:
 * THS_WRONG_PLACE (in start or exit, at an exit request, a notice or a wake-up,
 * or when it was kept or forwarded before), THS_LIMIT or THS_NO_MEMORY; the
 * handler may go on reading it.
 */
THS_NODISCARD THS_PUBLIC ths_mail *ths_keep(ths_self *self);

/*
 * Sends the message being handled on to another actor, which sees the original
 * sender: its answer goes there, as that to a ths_call() does.  Among what this
 * actor sends it keeps its place.  The handler must not read the message any
 * more.  What cannot be placed is a dead letter.
 * Returns THS_OK, or THS_WRONG_PLACE as ths_keep() does.
 */
THS_PUBLIC ths_status ths_forward(ths_self *self, ths_address to);

/*
 * The same for mail that this actor has kept, which is not its any more.
 * Returns THS_OK, or THS_BAD_ARGUMENT for what is no kept mail of its.
 */
THS_PUBLIC ths_status ths_forward_mail(ths_self *self, ths_mail *mail,
    ths_address to);

#ifdef __cplusplus
}
#endif
#endif
