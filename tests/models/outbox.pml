/* SPDX-License-Identifier: MIT */
/*
 * outbox - vm/actor/outbox.h: an owner that sends to two receivers, keeps back
 * what goes to one of them, and closes before anything else; helpers that take
 * over at any moment.
 *
 * An inbox is not modelled: what matters is in which order envelopes are pushed.
 * Each message has a number, in the order of sending over all receivers, since
 * that is what others could notice.
 *
 * Promises:
 *   - each message is pushed once, and in the order of sending (pushed_is);
 *   - it is pushed where it was sent to (pushed_is);
 *   - at rest nothing is kept back, and the lock is free (judge).
 *
 * A run is pushed one message after another here, which gives others more
 * chances than they have.  A helper's look without the lock is a hint: here it
 * may come at any moment at which something is kept back.
 *
 * Mutants, which must break a promise:
 *   MUTANT_NO_LOCK       the owner pushes without the lock
 *   MUTANT_NO_TAKEN      a helper does not note what it has taken
 *   MUTANT_NO_CLOSE      mail to another is pushed while something is kept back
 *   MUTANT_LATE_RESET    length becomes 0 after the lock is free
 *   MUTANT_EARLY_LENGTH  length is told before its item is there
 *   MUTANT_EARLY_SLOT    the outbox forgets its receiver, then pushes
 *   MUTANT_OLD_LENGTH    a helper believes the length it saw before the lock
 */
#ifndef HELPERS
#define HELPERS 1
#endif
#ifndef SENDS
#define SENDS 7
#endif
#define MAX 3        /* kept back at most */
#define RECEIVERS 2
#define NOBODY 0     /* receivers count from 1 */

byte slot = NOBODY;  /* of the outbox; NOBODY: it is closed */
byte length = 0;
byte taken = 0;
byte items[MAX];
bit locked = 0;

byte meant[SENDS + 1]; /* ghost: to whom each message was sent */
byte pushed = 0;       /* ghost: number of the last one */

/* A message reaches a receiver's inbox. */
inline pushed_is(message, receiver)
{
	d_step {
		assert(message == pushed + 1);
		assert(meant[message] == receiver);
		pushed++
	}
}

inline lock()
{
	atomic { locked == 0 -> locked = 1 }
}

/* Pushes items[taken] to items[end - 1]. */
inline push_items(end, receiver)
{
	i = taken;
	do
	:: i < end -> pushed_is(items[i], receiver); i++
	:: else -> break
	od;
	i = 0
}

inline push_rest()
{
	if
	:: length == 0
	:: else ->
#ifndef MUTANT_NO_LOCK
		lock();
#endif
		push_items(length, slot);
		taken = 0;
#ifdef MUTANT_LATE_RESET
		locked = 0;
		length = 0
#else
		length = 0;
#ifndef MUTANT_NO_LOCK
		locked = 0
#endif
#endif
	fi
}

inline close()
{
#ifdef MUTANT_EARLY_SLOT
	slot = NOBODY;
#endif
	push_rest();
	slot = NOBODY
}

inline add(message)
{
#ifdef MUTANT_EARLY_LENGTH
	length++;
	items[length - 1] = message;
#else
	items[length] = message;
	length++;
#endif
	if
	:: length == MAX ->
		push_rest();
		if
		:: true            /* the receiver has more to do */
		:: slot = NOBODY   /* it had nothing left */
		fi
	:: else
	fi
}

proctype owner()
{
	byte sent = 0;
	byte to;
	byte i = 0;

	do
	:: sent < SENDS ->
		select(to : 1 .. RECEIVERS);
		d_step { sent++; meant[sent] = to }
		if
		:: slot == to -> add(sent)
		:: else ->
#ifndef MUTANT_NO_CLOSE
			if
			:: slot != NOBODY -> close()
			:: else
			fi;
#endif
			pushed_is(sent, to);
			if
			:: slot == NOBODY -> slot = to /* it is far behind */
			:: true
			fi
		fi
	:: close() /* a handler returns, or a spawn; the next one begins */
	   if
	   :: sent == SENDS -> break
	   :: else
	   fi
	od
}

proctype helper()
{
	byte end;
	byte i = 0;

end_look:
	do
	:: length > 0 ->
#ifdef MUTANT_OLD_LENGTH
		end = length;
		lock();
#else
		lock();
		end = length;
#endif
		if
		:: end > taken ->
			push_items(end, slot);
#ifndef MUTANT_NO_TAKEN
			taken = end
#endif
		:: else
		fi;
		d_step { end = 0; locked = 0 }
	od
}

/* Runs when nobody else can. */
proctype judge()
{
	timeout;
	assert(pushed == SENDS);
	assert(slot == NOBODY && length == 0 && taken == 0 && locked == 0)
}

init {
	byte h;

	atomic {
		run owner();
		for (h : 1 .. HELPERS) {
			run helper()
		}
		run judge()
	}
}
