/* SPDX-License-Identifier: MIT */
/*
 * deputy - acts for an actor on threads that are not the VM's: an actor that
 * has threads of its own, to wait for a device or to use a library that blocks,
 * lets them send, log and set timers in its name.
 *
 *     ths_deputy *deputy;                     // in a handler
 *     ths_deputy_open(self, &deputy);
 *
 *     ths_deputy_send(deputy, to, reading, .celsius = 21);    // in the thread
 *
 * What a deputy sends comes from the actor: the receiver sees the actor as its
 * sender, and an answer goes into the actor's mailbox.  A deputy has no
 * mailbox; only the actor receives.
 *
 * Threads: any, several at once, but not inside handlers: THS_WRONG_PLACE;
 * opened in the actor's own handler.  What one thread sends to one target keeps
 * its order.
 *
 * Ownership: whoever closes it, which may be in a handler; a deputy that is not
 * closed is freed with its VM.  It does not keep the actor alive: after the
 * actor's end its calls answer THS_GONE.
 *
 * Limits: memory_max of the VM.
 */
#ifndef THESPIS_DEPUTY_H
#define THESPIS_DEPUTY_H

#include "thespis/actor.h"
#include "thespis/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ths_deputy ths_deputy;

/* Makes a deputy of this actor.  Returns THS_OK, THS_BAD_ARGUMENT,
 * THS_NO_MEMORY, THS_STOPPED, THS_NOT_READY in its init, or THS_WRONG_PLACE
 * when it is ending. */
THS_NODISCARD THS_PUBLIC ths_status ths_deputy_open(ths_self *self,
    ths_deputy **deputy);

/* Ends a deputy.  NULL is fine.  No other thread may be using it. */
THS_PUBLIC void ths_deputy_close(ths_deputy *deputy);

/* The actor's address.  Any thread, inside handlers, too. */
THS_PUBLIC ths_address ths_deputy_address(const ths_deputy *deputy);

/*
 * Sends a message from the actor; see ths_send().
 * Returns THS_OK, THS_BAD_ARGUMENT, THS_TOO_LARGE, THS_GONE (the actor has
 * ended), THS_STOPPED or THS_WRONG_PLACE.
 */
#define ths_deputy_send(deputy, to, ...) \
	ths_deputy_send_message((deputy), (to), THS_PAYLOAD(__VA_ARGS__))
THS_PUBLIC ths_status ths_deputy_send_message(ths_deputy *deputy,
    ths_address to, const ths_type *type, const void *message);

/*
 * Sends the actor a ths_wakeup with payload after delay, counted from this
 * call; see ths_timer_set().  timer may be NULL; the actor may cancel it.
 * Returns THS_OK, THS_BAD_ARGUMENT, THS_NO_MEMORY, THS_LIMIT (timers_max),
 * THS_GONE (the actor has ended), THS_STOPPED or THS_WRONG_PLACE.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_deputy_timer_set(ths_deputy *deputy,
    ths_duration delay, uint64_t payload, ths_timer *timer);

/* Prints a line to the VM's log, under the actor's name; see ths_self_log().
 * Also after the actor's end, and inside handlers. */
THS_PUBLIC void ths_deputy_log(const ths_deputy *deputy, ths_log_level level,
    const char *format, ...) THS_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif
#endif
