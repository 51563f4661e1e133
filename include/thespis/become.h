/* SPDX-License-Identifier: MIT */
/*
 * become - an actor in several phases: another set of handlers for each, and
 * what comes too early is put aside.
 *
 *     THS_ACTOR(door, struct door,            // closed
 *         THS_ON(open, door_open),
 *         THS_ON(enter, door_too_early))      // return ths_stash(self);
 *     THS_ACTOR(open_door, struct door,
 *         THS_ON(enter, door_enter))
 *
 *     static ths_status
 *     door_open(ths_self *self, struct door *door, const struct open *open)
 *     {
 *         ths_unstash_all(self);
 *         return ths_become(self, &open_door_actor);
 *     }
 *
 * Threads: the actor's own handlers.
 */
#ifndef THESPIS_BECOME_H
#define THESPIS_BECOME_H

#include "thespis/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Gives this actor the handlers of another table, from the next message on,
 * also if the present handler fails; its second attempt is by the old one.  The
 * state stays, so both tables must be of the same state.  The other's init and
 * start do not run; the exit that runs in the end is that of the table the
 * actor was spawned with.  Returns THS_OK, THS_BAD_ARGUMENT (NULL, a table that
 * makes no sense, or with a state of another size), THS_WRONG_PLACE (the actor
 * ends), THS_NO_MEMORY or THS_LIMIT (message types).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_become(ths_self *self,
    const ths_actor *actor);

/*
 * Puts the message being handled aside, until ths_unstash_all().  It counts as
 * handled now and as accepted again; if the handler fails after that, there is
 * no second attempt, as with ths_keep().  What is still aside when the actor
 * ends becomes dead letters.  Returns THS_OK, THS_WRONG_PLACE (as ths_keep()),
 * THS_LIMIT (stash_max of the VM; counted in limits_hit) or THS_NO_MEMORY.
 */
THS_PUBLIC ths_status ths_stash(ths_self *self);

/*
 * Has all messages that were put aside before this call met again, in the order
 * in which they came, when the present handler has returned, and before all
 * that waits in the mailbox.  Returns how many.
 */
THS_PUBLIC uint32_t ths_unstash_all(ths_self *self);

#ifdef __cplusplus
}
#endif
#endif
