/* SPDX-License-Identifier: MIT */
/*
 * life - how actors end, and what others are told of it.
 *
 * Whoever spawns an actor inside a handler is its parent.  An actor ends by
 * itself (ths_exit()), because it cannot go on (ths_crash()), because somebody
 * asked it to (ths_exit_request), because its parent kills it (ths_kill()),
 * because its init or start failed, or because its VM stops.  It cannot refuse.
 *
 * An actor that ends takes its children with it: each is asked to exit, and the
 * actor's own end comes after theirs, so a tree goes from the leaves up.  While
 * it waits, exit requests and ths_actor_exited still reach its handlers; all
 * other mail becomes dead letters.  Then its exit runs, its state is freed, and
 * its parent is told.
 *
 * Order: requests and notices are ordinary mail: they come after whatever the
 * same sender has sent before, and overtake nothing.
 *
 * An actor may handle these messages with THS_ON, or leave them out: an exit
 * request is obeyed all the same, and a notice that nobody handles is absorbed.
 *
 * Threads: the actor's own handlers.
 */
#ifndef THESPIS_LIFE_H
#define THESPIS_LIFE_H

#include "thespis/actor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Asks an actor to end: ths_send(self, to, ths_exit_request).  Anybody may send
 * it.  An actor that handles it sees each request once, in its place among the
 * mail, also while it waits for its children; it may clean up and send, and
 * ends after that, whatever the handler returns.  A client ignores it.
 */
THS_MESSAGE(ths_exit_request,
    THS_FIELD(bool, is_alone)) /* its children live on, as ths_exit_alone() */

/* Why an actor has ended. */
#define THS_EXIT_TABLE(ROW) \
	ROW(THS_EXIT_LEFT, "it left by itself") \
	ROW(THS_EXIT_ASKED, "it was asked to exit") \
	ROW(THS_EXIT_INIT_FAILED, "its init failed") \
	ROW(THS_EXIT_STOPPED, "the VM was stopping") \
	ROW(THS_EXIT_UNKNOWN, "nobody lives there") \
	ROW(THS_EXIT_CRASHED, "it crashed") \
	ROW(THS_EXIT_KILLED, "it was killed") \
	ROW(THS_EXIT_LINKED, "one that it was linked to ended")

typedef enum ths_exit_reason {
#define THS_EXIT_ENUM(name, text) name,
	THS_EXIT_TABLE(THS_EXIT_ENUM)
#undef THS_EXIT_ENUM
	THS_EXIT_REASON_COUNT
} ths_exit_reason;

THS_ENUM(ths_exit_reason, THS_EXIT_LEFT, THS_EXIT_ASKED, THS_EXIT_INIT_FAILED,
    THS_EXIT_STOPPED, THS_EXIT_UNKNOWN, THS_EXIT_CRASHED, THS_EXIT_KILLED,
    THS_EXIT_LINKED)

/* The bit of one reason, and those of ends that are abnormal by themselves. */
#define THS_EXIT_BIT(reason) (1u << (reason))
#define THS_EXIT_ABNORMAL (THS_EXIT_BIT(THS_EXIT_CRASHED) | \
    THS_EXIT_BIT(THS_EXIT_INIT_FAILED) | THS_EXIT_BIT(THS_EXIT_KILLED) | \
    THS_EXIT_BIT(THS_EXIT_LINKED))

/* The text of a reason.  Never NULL.  Any thread. */
THS_PUBLIC const char *ths_exit_reason_text(ths_exit_reason reason);

/*
 * Tells a parent that a child has ended: exactly once for each, after all that
 * the child had sent to it; the sender is the child.  Only the runtime sends
 * it.  When the handler runs the child is still in ths_children(); afterwards
 * it is not.
 */
THS_MESSAGE(ths_actor_exited,
    THS_FIELD(ths_address, child),
    THS_FIELD(enum ths_exit_reason, reason),
    THS_FIELD(ths_string, why)) /* for a person; never NULL */

/* As ths_exit(), but this actor's children live on, without a parent who hears
 * of them.  Without effect when it waits for its children already. */
THS_PUBLIC void ths_exit_alone(ths_self *self);

/*
 * `return ths_crash(self, "the disk is gone")`: ends this actor as ths_exit()
 * does, but says that something is wrong: its parent is told THS_EXIT_CRASHED
 * with the text, and a supervisor starts it anew (thespis/supervise.h).  Its
 * exit runs.  Returns THS_FAILED; a handler that returns that also sends poison
 * to whoever sent the message, and is not tried again.  During init it makes
 * the init fail, and the parent is told THS_EXIT_INIT_FAILED with the text.
 * Of one that is leaving already only the text is logged.  The text is cut at
 * THS_FAILURE_TEXT_SIZE.
 */
THS_PUBLIC ths_status ths_crash(ths_self *self, const char *format, ...)
    THS_PRINTF(2, 3);

/*
 * Ends a child of this actor's without waiting for the mail it has, which
 * becomes dead letters; its own children are killed before it.  Handlers do not
 * see it, but its exit runs, and the parent is told THS_EXIT_KILLED.  For one
 * that was asked to exit and takes too long: a handler that runs is not
 * interrupted, and what is already in the child's slice may still be handled.
 * Returns THS_OK, THS_UNKNOWN (no child of this actor's) or THS_NO_MEMORY (then
 * nothing was done).  Looks through the actor's children.
 */
THS_PUBLIC ths_status ths_kill(ths_self *self, ths_address child);

/*
 * Copies the addresses of at most `max` of this actor's children, the youngest
 * first; returns how many it has.  One that has ended counts until its notice
 * was handled.  children may be NULL when max is 0.
 */
THS_PUBLIC size_t ths_children(const ths_self *self, ths_address *children,
    size_t max);

#ifdef __cplusplus
}
#endif
#endif
