/* SPDX-License-Identifier: MIT */
/*
 * parker - no wake-up is lost: submitters push a task and look whether a worker
 * must be woken; a worker announces that it is idle, looks once more at all
 * queues and parks.  sched/crowd.c, sched/worker.c, sched/pick.c,
 * sched/parker.h.
 *
 * Spin runs one step after another, which would hide the trap of this protocol:
 * a store that waits in the processor while a later load has been done.  So each
 * process has a store buffer, as x86-64 has: store_more() puts a store there,
 * drain() brings it to memory at any later time, load() sees the own buffer
 * first, and a read-modify-write waits until the own buffer is empty.  A store
 * is kept as the difference it makes, since each cell stored to so has one
 * storing process.
 *
 * Each worker has an idle flag in a word of its own, and is looked at by a load of
 * its own: more ways to interleave than one word of bits has.  A queue is a
 * number of tasks.
 *
 * Promises:
 *   - searching is 0 or 1 (leave_search);
 *   - when nothing moves any more, no queue has a task, nobody searches, and
 *     every worker is announced (judge).
 *
 * Mutants, which must break a promise:
 *   MUTANT_NO_FENCE     the announcement is a plain store: it stays in the buffer
 *                       while the worker looks
 *   MUTANT_PLAIN_PUSH   so is the push of a task
 *   MUTANT_LOOK_FIRST   the worker looks, then announces
 *   MUTANT_LEAVE_LATE   the searcher looks, then leaves the search
 *   MUTANT_LATE_TICKET  the worker looks, then takes its ticket
 *   MUTANT_BLIND_LEAVE  a waker that found nobody to wake leaves the search and
 *                       does not look again: a worker that parked meanwhile, and
 *                       a push that relied on the search, miss each other
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef SUBMITTERS
#define SUBMITTERS 2
#endif
#ifndef TASKS
#define TASKS 1      /* of one submitter */
#endif
#ifndef SPAWNS
#define SPAWNS 0     /* tasks submitted by workers, together */
#endif
#ifndef DEADLINES
#define DEADLINES 1  /* parks that may end by themselves, together */
#endif

#define QUEUE(q) (q) /* one per submitter: 0 is the inject queue, the others are
                      * rings of workers that are busy for ever */
#define QUEUES SUBMITTERS
#define SEARCHING QUEUES
#define IDLE(w) (QUEUES + 1 + (w))
#define CELLS (QUEUES + 1 + WORKERS)

#define PROCESSES (WORKERS + SUBMITTERS)
#define NONE 255

byte memory[CELLS];
byte buffer_cell[PROCESSES]; /* where the buffered store goes, or NONE */
byte buffer_more[PROCESSES]; /* the difference it makes */

bool is_woken[WORKERS];      /* since the worker's last ticket */
byte spawned = 0;
byte deadlines = 0;

#define buffer_is_empty (buffer_cell[me] == NONE)

inline load(into, cell)
{
	into = memory[cell] +
	    (buffer_cell[me] == cell -> buffer_more[me] : 0)
}

inline store_more(cell, more)
{
	atomic {
		buffer_is_empty -> /* it holds one */
		buffer_cell[me] = cell;
		buffer_more[me] = more
	}
}

inline swap(into, cell, value)
{
	atomic { buffer_is_empty -> into = memory[cell]; memory[cell] = value }
}

inline add(into, cell, value)
{
	atomic {
		buffer_is_empty ->
		into = memory[cell];
		memory[cell] = memory[cell] + value
	}
}

/* done: whether it was there to be changed. */
inline compare_swap(done, cell, expected, value)
{
	atomic {
		buffer_is_empty ->
		done = memory[cell] == expected;
		if
		:: done -> memory[cell] = value
		:: else
		fi
	}
}

proctype drain(byte me)
{
end_drain:
	do
	:: atomic {
		buffer_cell[me] != NONE ->
		memory[buffer_cell[me]] = memory[buffer_cell[me]] +
		    buffer_more[me];
		buffer_more[me] = 0;
		buffer_cell[me] = NONE
	   }
	od
}

inline leave_search()
{
	add(seen, SEARCHING, 255); /* - 1 */
	assert(seen == 1);
	seen = 0
}

/* seen: whether a submission must wake somebody; crowd_wants_wake(). */
inline wants_wake()
{
	load(seen, SEARCHING);
	if
	:: seen != 0 -> seen = 0
	:: else ->
		i = 0;
		do
		:: i < WORKERS && seen == 0 -> load(seen, IDLE(i)); i++
		:: else -> i = 0; break
		od
	fi
}

/* After a push; scheduler_wake_one(), and its crowd_pick_idle(). */
inline wake_one()
{
	wants_wake();
	do
	:: seen == 0 -> break
	:: else ->
		compare_swap(ok, SEARCHING, 0, 1);
		if
		:: !ok -> break
		:: else
		fi;
		i = 0;
		ok = false;
		do
		:: i < WORKERS && !ok ->
			load(seen, IDLE(i)); /* a guess */
			if
			:: seen -> swap(ok, IDLE(i), 0)
			:: else
			fi;
			if
			:: ok -> atomic { buffer_is_empty -> is_woken[i] = true }
			:: else
			fi;
			i++
		:: else -> i = 0; seen = 0; break
		od;
		if
		:: ok -> break
		:: else
		fi;
		leave_search();
#ifdef MUTANT_BLIND_LEAVE
		break
#else
		wants_wake()
#endif
	od;
	ok = false;
	seen = 0
}

inline push(cell)
{
#ifdef MUTANT_PLAIN_PUSH
	store_more(cell, 1)
#else
	add(seen, cell, 1)
#endif
}

proctype submitter(byte me)
{
	byte tasks = 0;
	byte seen;
	byte i;
	bool ok;

	do
	:: tasks < TASKS ->
		tasks++;
		push(QUEUE(me - WORKERS));
		wake_one()
	:: else -> break
	od
}

/* ok: whether a task was got.  Only the searcher steals. */
inline take()
{
	q = 0;
	ok = false;
	do
	:: q < (searches -> QUEUES : 1) && !ok ->
		load(seen, QUEUE(q));
		if
		:: seen > 0 -> compare_swap(ok, QUEUE(q), seen, seen - 1)
		:: else
		fi;
		q++
	:: else -> q = 0; seen = 0; break
	od
}

/* seen: whether there is work. */
inline look()
{
	q = 0;
	seen = 0;
	do
	:: q < QUEUES && seen == 0 -> load(seen, QUEUE(q)); q++
	:: else -> q = 0; break
	od
}

inline announce()
{
#ifdef MUTANT_NO_FENCE
	store_more(IDLE(me), 1)
#else
	swap(seen, IDLE(me), 1)
#endif
}

proctype worker(byte me)
{
	byte seen;
	byte i;
	byte q;
	bool ok;
	bool searches = false;

work:
	take();
	if
	:: ok ->
		if
		:: searches ->
			leave_search();
			searches = false;
			look();
			if
			:: seen > 0 -> wake_one()
			:: else
			fi
		:: else
		fi;
		ok = false; /* it has run */
		if
		:: atomic { spawned < SPAWNS -> spawned++ };
		   push(QUEUE(0));
		   wake_one()
		:: true
		fi;
		goto work
	:: else
	fi;
	if
	:: searches -> /* another round, or enough */
		if
		:: goto work
		:: skip
		fi
	:: else ->
		compare_swap(ok, SEARCHING, 0, 1);
		if
		:: ok -> ok = false; searches = true; goto work
		:: else
		fi
	fi;

	is_woken[me] = false; /* a ticket */
#ifdef MUTANT_LOOK_FIRST
	look();
	byte looked = seen;
	announce();
	if
	:: searches -> leave_search()
	:: else
	fi;
	seen = looked;
#else
	announce();
#ifndef MUTANT_LEAVE_LATE
	if
	:: searches -> leave_search()
	:: else
	fi;
#endif
	look();
#ifdef MUTANT_LEAVE_LATE
	byte looked = seen;
	if
	:: searches -> leave_search()
	:: else
	fi;
	seen = looked;
#endif
#endif
	searches = false;
#ifdef MUTANT_LATE_TICKET
	is_woken[me] = false; /* a ticket */
#endif
	if
	:: seen == 0 ->
end_park:
		if
		:: is_woken[me]
		:: atomic { deadlines < DEADLINES -> deadlines++ }
		fi
	:: else
	fi;
	/* come_back */
	swap(seen, IDLE(me), 0);
	searches = seen == 0; /* a waker has raised searching for us */
	seen = 0;
	goto work
}

/* Runs when nobody else can. */
proctype judge()
{
	byte i;

	timeout;
	for (i : 0 .. QUEUES - 1) {
		assert(memory[QUEUE(i)] == 0)
	}
	assert(memory[SEARCHING] == 0);
	for (i : 0 .. WORKERS - 1) {
		assert(memory[IDLE(i)] == 1)
	}
}

init {
	byte i;

	atomic {
		for (i : 0 .. PROCESSES - 1) {
			buffer_cell[i] = NONE
		}
		for (i : 0 .. WORKERS - 1) {
			run worker(i)
		}
		for (i : WORKERS .. PROCESSES - 1) {
			run submitter(i)
		}
#if defined(MUTANT_NO_FENCE) || defined(MUTANT_PLAIN_PUSH)
		for (i : 0 .. PROCESSES - 1) {
			run drain(i)
		}
#endif
		run judge()
	}
}
