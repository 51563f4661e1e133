/* SPDX-License-Identifier: MIT */
/*
 * inject - the look before parking never overlooks a task: sched/inject.c, [N].
 *
 * A task is a bit.  Pushers put theirs into `arrivals`; takers, one at a time
 * under the token, move all arrivals to `ordered` and hand some out.  A looker
 * asks inject_is_empty() again and again.  Each taker has a store buffer, first
 * in, first out, as x86-64 has; an exchange waits until it is empty.
 *
 * Promises:
 *   - when the queue is found empty, every task that had been pushed before the
 *     question has been handed out (looker);
 *   - each task is handed out once (taker), and in the end all are (judge).
 *
 * Mutants, which must break a promise:
 *   MUTANT_NO_RAISE     `waiting` is stored only once its number is known
 *   MUTANT_LATE_RAISE   `waiting` is raised after arrivals was emptied
 *   MUTANT_LOOK_ORDER   the looker reads `waiting` first, then `arrivals`
 *   MUTANT_PLAIN_TOKEN  a taker looks whether the token is free, then stores
 */
#define PUSHERS 2
#define TAKERS 2
#define TASKS 2 /* of one pusher */
#define ALL 15  /* their bits */

#define WAITING 0
#define TOKEN 1

byte arrivals = 0;
byte memory[2];          /* WAITING, TOKEN */
byte ordered = 0;        /* the holder's */
byte pushed = 0;
byte handed = 0;

chan buffer[TAKERS] = [3] of { byte, byte }; /* cell, value */

proctype drain(byte me)
{
	byte cell;
	byte value;

end_drain:
	do
	:: atomic {
		buffer[me]?cell,value ->
		memory[cell] = value;
		cell = 0;
		value = 0
	   }
	od
}

proctype pusher(byte me)
{
	byte i = 0;

	do
	:: i < TASKS ->
		atomic {
			arrivals = arrivals | (1 << (me * TASKS + i));
			pushed = pushed | (1 << (me * TASKS + i))
		}
		i++
	:: else -> break
	od
}

/* Hands out the tasks of `ordered`, one or all that are there. */
inline hand_out()
{
	if
	:: ordered != 0 -> /* as many as were asked for */
		d_step {
			got = ordered & (255 - ordered + 1); /* one */
			assert((handed & got) == 0);
			handed = handed | got;
			ordered = ordered & (255 - got);
			got = 0
		}
	:: ordered != 0 ->
		d_step {
			assert((handed & ordered) == 0);
			handed = handed | ordered;
			ordered = 0
		}
	:: ordered == 0
	fi
}

inline fetch_arrivals()
{
	if
	:: arrivals != 0 -> /* looked at before the exchange */
#if !defined(MUTANT_NO_RAISE) && !defined(MUTANT_LATE_RAISE)
		buffer[me]!WAITING,1;
#endif
		atomic {
			empty(buffer[me]) ->
			got = arrivals;
			arrivals = 0
		}
#ifdef MUTANT_LATE_RAISE
		buffer[me]!WAITING,1;
#endif
		ordered = got; /* turned round */
		got = 0
	:: else
	fi
}

proctype taker(byte me)
{
	byte got;

	do
	:: handed == ALL -> break
	:: else ->
#ifdef MUTANT_PLAIN_TOKEN
		memory[TOKEN] == 0;
		buffer[me]!TOKEN,1;
#else
		atomic {
			empty(buffer[me]) && memory[TOKEN] == 0 ->
			memory[TOKEN] = 1
		}
#endif
		hand_out();
		if
		:: ordered == 0 ->
			fetch_arrivals();
			hand_out()
		:: else
		fi;
		buffer[me]!WAITING,(ordered != 0 -> 2 : 0);
		buffer[me]!TOKEN,0
	od
}

proctype looker()
{
	byte before;
	bool was_empty;

	do
	:: before == ALL && was_empty -> break
	:: else ->
		before = pushed;
#ifdef MUTANT_LOOK_ORDER
		was_empty = memory[WAITING] == 0;
		was_empty = was_empty && arrivals == 0;
#else
		was_empty = arrivals == 0;
		was_empty = was_empty && memory[WAITING] == 0;
#endif
		assert(!was_empty || (before & (255 - handed)) == 0)
	od
}

/* Runs when nobody else can. */
proctype judge()
{
	timeout;
	assert(handed == ALL && ordered == 0 && arrivals == 0);
	assert(memory[WAITING] == 0 && memory[TOKEN] == 0)
}

init {
	byte i;

	atomic {
		for (i : 0 .. PUSHERS - 1) {
			run pusher(i)
		}
		for (i : 0 .. TAKERS - 1) {
			run taker(i);
			run drain(i)
		}
		run looker();
		run judge()
	}
}
