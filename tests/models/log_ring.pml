/* SPDX-License-Identifier: MIT */
/*
 * log_ring - lines said by many, given to a sink by one: base/log_ring.c.
 *
 * A sayer puts a line and calls; whoever finds no drainer is it.  The word is
 * changed in one step (held, called, closed, newest); turns go through a store
 * buffer for each process, first in, first out, as on x86-64, and a change of
 * the word waits until it is empty.  A turn only grows, so a process sees the
 * larger of what is in memory and what it has stored itself.
 *
 * Promises:
 *   - one process at a time is in the sink; a line stays whole while it is
 *     read; those of one sayer come in order, each once;
 *   - a stay is bounded: STAY lines, and those that have a number by then;
 *   - at rest all that was put has been heard, nobody is the drainer, and the
 *     ring is open (judge).
 * ECHO: the sink says a line for each that it hears.
 *
 * Mutants, which must break a promise:
 *   MUTANT_BLIND_LEAVE   a drainer leaves whether it is called or not
 *   MUTANT_NO_CALL       a call that finds a drainer changes nothing
 *   MUTANT_PLAIN_CALL    a call that finds a drainer called changes nothing
 *   MUTANT_EARLY_CALL    a line is full only after its call
 *   MUTANT_LATE_CLEAR    a drainer forgets calls after its look
 *   MUTANT_PLAIN_HOLD    who finds no drainer becomes it in a second step
 *   MUTANT_EARLY_FREE    a place is free before the sink has returned
 *   MUTANT_NO_CLOSE      the ring is never closed
 *   MUTANT_CLOSED_BLIND  a closed ring is left though a line is half put
 *   MUTANT_STAYS_CLOSED  a closed ring is not opened
 */
#ifndef SAYERS
#define SAYERS 2
#endif
#ifndef LINES
#define LINES 3 /* of each sayer */
#endif
#ifndef LENGTH
#define LENGTH 2
#endif
#ifndef STAY
#define STAY 1
#endif
#define ECHO_LINE 255

bool held = false;
bool called = false;
bool closed = false;
byte newest = 0;

byte turn[LENGTH];
byte own[SAYERS * LENGTH];  /* the last turn that a process has stored */
byte text[LENGTH];
chan buffer[SAYERS] = [2] of { byte, byte }; /* place, turn */

byte oldest = 0;            /* the drainer's */
byte inside = 0;            /* the sink */
byte last[SAYERS];          /* lines heard, of each sayer */
byte put = 0;
byte heard = 0;

#define PLACE(number) ((number) % LENGTH)
#define FREE(number) (2 * ((number) / LENGTH))
#define FULL(number) (2 * ((number) / LENGTH) + 1)
#define MINE(place) own[me * LENGTH + (place)]
#define TURN(place) \
	(turn[place] > MINE(place) -> turn[place] : MINE(place))

proctype drain(byte me)
{
	byte place;
	byte value;

end_drain:
	do
	:: atomic {
		buffer[me]?place,value ->
		turn[place] = value;
		place = 0;
		value = 0
	   }
	od
}

inline store_turn(place, value)
{
	atomic {
		buffer[me]!place,value;
		MINE(place) = value
	}
}

/* Takes a number and its place, or loses the line (is_put). */
inline take_place()
{
	is_put = false;
	do
	:: atomic { !closed -> number = newest }
		if
		:: TURN(PLACE(number)) < FREE(number) -> break /* full */
		:: else ->
			if
			:: atomic {
				empty(buffer[me]) && newest == number &&
				!closed ->
				newest++;
				put++;
				is_put = true
			   };
				break
			:: newest != number || closed -> skip
			fi
		fi
	:: closed -> break
	od
}

inline fill(words)
{
	if
	:: is_put ->
		text[PLACE(number)] = words;
		store_turn(PLACE(number), FULL(number))
	:: else
	fi
}

/* As a drainer: somebody holds, so that this only calls. */
inline echo()
{
#ifdef ECHO
	take_place();
	fill(ECHO_LINE);
	atomic { empty(buffer[me]) -> called = true }
#endif
	skip
}

inline give_oldest()
{
	d_step {
		inside++;
		assert(inside == 1);
		line = text[PLACE(oldest)];
		given++;
		assert(given <= STAY + LENGTH)
	}
#ifdef MUTANT_EARLY_FREE
	store_turn(PLACE(oldest), FULL(oldest) + 1);
#endif
#ifndef MUTANT_NO_CLOSE
	if
	:: given >= STAY -> atomic { empty(buffer[me]) -> closed = true }
	:: else
	fi;
#endif
	echo();
	d_step {
		assert(text[PLACE(oldest)] == line); /* still being read */
		if
		:: line != ECHO_LINE ->
			/* One before may be lost. */
			assert(line % LINES >= last[line / LINES]);
			last[line / LINES] = line % LINES + 1
		:: else
		fi;
		line = 0;
		heard++;
		inside--
	}
#ifndef MUTANT_EARLY_FREE
	store_turn(PLACE(oldest), FULL(oldest) + 1);
#endif
	oldest++
}

inline stay()
{
	given = 0;
	is_here = true;
	do
	:: !is_here -> break
	:: else ->
#ifndef MUTANT_LATE_CLEAR
		atomic { empty(buffer[me]) -> called = false }
#endif
		do
		:: TURN(PLACE(oldest)) == FULL(oldest) -> give_oldest()
		:: else -> break
		od;
#ifdef MUTANT_LATE_CLEAR
		atomic { empty(buffer[me]) -> called = false }
#endif
		atomic {
			empty(buffer[me]) ->
			if
#ifdef MUTANT_CLOSED_BLIND
			:: closed ->
#else
			:: closed && newest == oldest ->
#endif
				called = false;
				held = false;
				is_here = false;
#ifndef MUTANT_STAYS_CLOSED
				closed = false
#endif
#ifndef MUTANT_BLIND_LEAVE
			:: else ->
				if
				:: called -> skip
				:: else -> held = false; is_here = false
				fi
#else
			:: else -> held = false; is_here = false
#endif
			fi
		}
	od;
	given = 0
}

inline call()
{
#ifdef MUTANT_PLAIN_HOLD
	was_held = held;
	atomic { empty(buffer[me]) -> held = true; called = true }
#else
#ifdef MUTANT_PLAIN_CALL
	if
	:: held && called -> was_held = true
	:: else ->
#endif
	atomic {
		empty(buffer[me]) ->
		was_held = held;
		held = true;
#ifdef MUTANT_NO_CALL
		if
		:: !was_held -> called = true
		:: else
		fi
#else
		called = true
#endif
	}
#ifdef MUTANT_PLAIN_CALL
	fi;
#endif
#endif
	if
	:: was_held
	:: else -> stay()
	fi
}

proctype sayer(byte me)
{
	byte number, given, line, i;
	bool is_put, is_here, was_held;

	do
	:: i < LINES ->
		take_place();
#ifdef MUTANT_EARLY_CALL
		call();
		fill(me * LINES + i);
#else
		fill(me * LINES + i);
		call();
#endif
		i++
	:: else -> break
	od
}

/* Runs when nobody else can. */
proctype judge()
{
	timeout;
	assert(heard == put && oldest == newest);
	assert(!held && !called && !closed && inside == 0)
}

init {
	byte i;

	atomic {
		for (i : 0 .. SAYERS - 1) {
			run sayer(i);
			run drain(i)
		}
		run judge()
	}
}
