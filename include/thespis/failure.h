/* SPDX-License-Identifier: MIT */
/*
 * failure - what happens when a handler fails.
 *
 * A handler that returns anything but THS_OK has failed.  It is called once
 * more, at once, with the same message; the state is as the first attempt left
 * it, and what that one has sent stays sent.  If it fails again, the message's
 * sender gets a ths_poison with the message and a text.  The actor lives on.
 *
 * There is no second attempt at an exit request, nor for an actor that has
 * called ths_exit(), or whose handler has kept or forwarded the message
 * (keep.h); and no poison for a poison, an exit request, or a notice, whose
 * sender is gone.  Each attempt is logged: the first as a warning, the last as
 * an error.
 *
 * Threads: the actor's own handlers.
 */
#ifndef THESPIS_FAILURE_H
#define THESPIS_FAILURE_H

#include "thespis/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { THS_FAILURE_TEXT_SIZE = 256 }; /* bytes, NUL included; the rest is cut */

/*
 * `return ths_fail(self, "no account %d", number)`: says why the handler,
 * init or start that runs now fails.  Returns THS_FAILED, and only that makes
 * it fail.  An exit, which cannot fail, may call it to have the text logged.
 */
THS_PUBLIC ths_status ths_fail(ths_self *self, const char *format, ...)
    THS_PRINTF(2, 3);

/*
 * Tells the sender of a message that it could not be handled; sent by the actor
 * that failed.  Or that it could not be sent at all, see ths_send(); then it
 * comes from whom the message was meant for, and not to one who handles a
 * poison.  Only the runtime sends it.  Whoever does not handle it, ignores it.
 */
THS_MESSAGE(ths_poison,
    THS_FIELD(ths_any, message),    /* the original; type is NULL when both are
				     * more than a message may be, or when the
				     * message was kept or forwarded, or could
				     * not be sent */
    THS_FIELD(ths_string, details)) /* as given to ths_fail(), or the status in
				     * words */

#ifdef __cplusplus
}
#endif
#endif
