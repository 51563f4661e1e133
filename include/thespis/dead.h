/* SPDX-License-Identifier: MIT */
/*
 * dead - mail that nobody can receive, and the actor that may look at it.
 *
 * A message that finds nobody is counted by its reason (ths_vm_status) and
 * logged at THS_LOG_DEBUG; the last ones are remembered
 * (ths_vm_dead_letters()).  One actor of a VM may have such messages sent to it
 * as well:
 *
 *     THS_ACTOR(undertaker, struct undertaker, THS_ON(ths_dead_letter,
 *     on_dead))
 *
 * and in one of its handlers ths_handle_dead_letters(self, true).
 *
 * What there was no memory for, and what is left over while the VM ends, is
 * only counted.  So is mail of the undertaker's own, and dead letters that
 * cannot be delivered are absorbed: there is no circle.
 *
 * Threads: the actor's own handlers.
 */
#ifndef THESPIS_DEAD_H
#define THESPIS_DEAD_H

#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

THS_ENUM(ths_dead_reason, THS_DEAD_NOBODY, THS_DEAD_STALE, THS_DEAD_EXITED,
    THS_DEAD_FULL, THS_DEAD_NO_MEMORY, THS_DEAD_UNHANDLED, THS_DEAD_FOREIGN,
    THS_DEAD_LATE, THS_DEAD_STOPPED)

/* A message that found nobody; from nobody.  Only the runtime sends it. */
THS_MESSAGE(ths_dead_letter,
    THS_FIELD(ths_any, message),   /* the original; type is NULL when both do
				    * not fit one block */
    THS_FIELD(ths_address, to),    /* whom it was meant for */
    THS_FIELD(ths_address, from),  /* who had sent it */
    THS_FIELD(enum ths_dead_reason, reason))

/*
 * Makes this actor the one that gets this VM's dead letters; whoever was it
 * before is it no longer, and is not told.  With false: no longer, if it is.
 * The end of the actor does the same.  Returns THS_OK, or THS_NOT_READY in an
 * init.
 */
THS_PUBLIC ths_status ths_handle_dead_letters(ths_self *self, bool is_handling);

#ifdef __cplusplus
}
#endif
#endif
