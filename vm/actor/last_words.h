/* SPDX-License-Identifier: MIT */
/*
 * last_words - why actors have crashed, from ths_crash() until their end.
 *
 * An actor that crashes may have to wait for its children, so the text outlives
 * the handler that said it.  It lies in an envelope; SLOT_SPOKEN in the slot's
 * flags says that there is one.  Few actors are ever between the two.
 *
 * Threads: any, one at a time by the mutex; for a slot its consumer.
 * Errors: without memory the text is lost, and nothing else.
 */
#ifndef VM_ACTOR_LAST_WORDS_H
#define VM_ACTOR_LAST_WORDS_H

#include <pthread.h>

#include "mailbox/envelope.h"
#include "vm/actor/slot.h"

enum { LAST_WORDS_LISTS = 64 }; /* a power of two */

struct last_words {
	pthread_mutex_t mutex; /* guards the lists */
	struct envelope *newest[LAST_WORDS_LISTS]; /* by the slot's index */
};

void last_words_init(struct last_words *words);

/* Everybody has ended. */
void last_words_fini(struct last_words *words);

/* Keeps text until the actor's end, if it has a parent who could be told. */
void last_words_keep(struct slot *slot, const char *text);

/* Takes what was kept for an actor that is SLOT_SPOKEN; the caller owns it
 * then. */
struct envelope *last_words_take(struct slot *slot);

#endif
