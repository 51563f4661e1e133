/* SPDX-License-Identifier: MIT */
/*
 * namesake - mail whose type an actor knows by name, but with another layout:
 * two parts of a program were built from different declarations.
 *
 * Such mail is a dead letter as any that has no handler; what is special is
 * that somebody must be told why.
 *
 * Threads: the slot's consumer.
 */
#ifndef VM_ACTOR_NAMESAKE_H
#define VM_ACTOR_NAMESAKE_H

#include "mailbox/envelope.h"
#include "vm/actor/slot.h"

/* Warns, in words, if the envelope, for which whoever lives in slot has no
 * handler, has a type of the name of one that is handled. */
void namesake_report(const struct slot *slot, const struct envelope *envelope);

#endif
