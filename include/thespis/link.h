/* SPDX-License-Identifier: MIT */
/*
 * link - actors that end together, although neither is the other's parent.
 *
 * A link lies between two actors and works both ways.  When one of them ends
 * abnormally (THS_EXIT_ABNORMAL: it crashed, its init failed, it was killed, or
 * a link ended it), the other ends, too, with THS_EXIT_LINKED; so a whole group
 * goes, however it is linked.  An end in order takes nobody along: that of an
 * actor that leaves, is asked to exit, or ends with its VM.
 *
 * An actor that handles ths_link_ended is told of each end instead, also of one
 * in order, and lives on.
 *
 * Who only wants to know of an end, uses a monitor (thespis/monitor.h); who
 * wants others to be started anew, a supervisor (thespis/supervise.h).
 *
 * Threads: the actor's own handlers.
 * Limits: relations_max of the VM, for the links and monitors that one actor
 * has made; those that others make to it are theirs.
 */
#ifndef THESPIS_LINK_H
#define THESPIS_LINK_H

#include "thespis/life.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Tells an actor that one it is linked to has ended, after all that this one
 * had sent to it; the sender is the one that ended.  Only the runtime sends it.
 * Whoever handles it does not end by links, as long as its present behaviour
 * does.
 */
THS_MESSAGE(ths_link_ended,
    THS_FIELD(ths_address, whom),
    THS_FIELD(enum ths_exit_reason, reason),
    THS_FIELD(ths_string, why)) /* for a person; never NULL */

/*
 * Links this actor to another.  If nobody lives there any more, never did, or
 * not in this VM, the link ends at once, with THS_EXIT_UNKNOWN, which counts as
 * abnormal.  Each call makes a link of its own: with two of them, one that
 * handles ths_link_ended is told twice.  The end of a client is not told.  A
 * link to an actor that is waiting for its children takes effect, but cannot
 * end it any sooner.
 * Returns THS_OK, THS_BAD_ARGUMENT (this actor itself), THS_NO_MEMORY,
 * THS_LIMIT or THS_STOPPED.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_link(ths_self *self,
    ths_address other);

/*
 * Takes back all links between this actor and another, whoever of the two made
 * them.  From now on neither ends because of the other, and no ths_link_ended
 * of theirs is handled here, even if it is in the mailbox already; the other
 * hears of it when it comes to its mail.  A link that the other has made, but
 * this actor has not met yet, is not among them.  False: there were none.
 */
THS_PUBLIC bool ths_unlink(ths_self *self, ths_address other);

#ifdef __cplusplus
}
#endif
#endif
