/* SPDX-License-Identifier: MIT */
/*
 * monitor - to be told of the end of any actor, not only of one's children.
 *
 * Threads: the actor's own handlers.
 */
#ifndef THESPIS_MONITOR_H
#define THESPIS_MONITOR_H

#include "thespis/life.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Tells an actor that one it monitors has ended, after all that this one had
 * sent to it; the sender is the one that ended.  Only the runtime sends it.
 * Whoever does not handle it, ignores it.
 */
THS_MESSAGE(ths_down,
    THS_FIELD(ths_address, whom),
    THS_FIELD(enum ths_exit_reason, reason),
    THS_FIELD(ths_string, why)) /* for a person; never NULL */

/*
 * Asks for a ths_down when `whom` ends; at once, with THS_EXIT_UNKNOWN, if
 * nobody lives there any more, never did, or not in this VM.  Each call brings
 * one.  The end of a client is not told.  An actor's monitors end with it.
 * Returns THS_OK, THS_NO_MEMORY, THS_LIMIT (relations_max of the VM), or
 * THS_STOPPED.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_monitor(ths_self *self,
    ths_address whom);

/*
 * Takes back all monitors of `whom`.  From now on no ths_down of theirs is
 * handled, even if it is in the mailbox already.  False: there were none.
 */
THS_PUBLIC bool ths_demonitor(ths_self *self, ths_address whom);

#ifdef __cplusplus
}
#endif
#endif
