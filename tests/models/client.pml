/* SPDX-License-Identifier: MIT */
/*
 * client - a slot whose consumer is a thread of the host that sleeps: try_await
 * and end_await of mailbox/inbox.h, with vm/actor/slot.h, send_wake() of
 * vm/actor/send.c, vm/endpoint/receive.c and vm/endpoint/client.c.
 *
 * One slot.  Clients and a spawner take it off the free list and claim it.  A
 * client receives there, with a deadline that passes at any moment or with
 * none, and leaves; the spawner makes it an actor's, which ends in any slice.
 * Workers run its task.  Producers push at any moment, to the present life or a
 * former one, and any time may pass between their push and what it asks them to
 * do, and between their look at `waiter` and the wake.
 *
 * Nobody counts how often he has done it: each may go on for ever and may stop
 * at any round, so all numbers of lives and of messages are searched, with at
 * most MAIL_MAX of them in the inbox at once.
 *
 * The word is a number of envelopes and a state; a push is the step in which
 * its compare-exchange succeeds, since one that fails changes nothing (the
 * chain is inbox.pml's).  An event count is a flag, "woken since the last
 * ticket".  A generation is a fact about an address: it names the present life,
 * or not.
 *
 * No store buffer here: who stores `waiter` changes the word by a
 * read-modify-write before any push can rely on what he stored.
 *
 * Promises:
 *   - at most one consumer (claim, worker), who alone touches what is the
 *     consumer's (consumes);
 *   - a task is submitted when nobody consumes and it is in no queue (submit);
 *   - the inbox is awaited only while its consumer sleeps, or is about to
 *     (take);
 *   - when nothing moves any more, no mail is left, the task is in no queue,
 *     the inbox is idle or its consumer sleeps at it, to be woken by the next
 *     push, and a free slot is in the free list (judge).
 *
 * Mutants, which must break a promise:
 *   MUTANT_IDLE_WAIT    the client makes the inbox idle while it waits, and who
 *                       pushes looks at `waiter` whether to wake or to submit:
 *                       by then the client has gone on by itself and leaves, so
 *                       the task is submitted while another consumes
 *   MUTANT_TASK_WAKE    a push that found the inbox awaited submits the task
 *   MUTANT_PLAIN_AWAIT  try_await looks, then stores: mail between is slept
 *                       over
 *   MUTANT_LATE_TICKET  try_await, then the ticket: a wake between is not
 *                       counted
 *   MUTANT_LATE_WAITER  try_await, then `waiter`: a push between wakes nobody
 *   MUTANT_NO_END       end_await is left out.  The take that follows opens the
 *                       inbox, too, so it breaks the third promise and no
 *                       other: with ANY_TAKE, which does not ask for that one,
 *                       it holds
 */
#ifndef CLIENTS
#define CLIENTS 2
#endif
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef MAIL_MAX
#define MAIL_MAX 2
#endif

#define NOBODY 0
#define CLIENT(i) (1 + (i))
#define SPAWNER (1 + CLIENTS)
#define WORKER(i) (2 + CLIENTS + (i))

#define OPEN 0
#define IDLE 1
#define AWAITED 2

/* The word; its parts change together, in one atomic step. */
byte mail = 0;
byte state = IDLE;

byte fresh = 0;               /* of the mail, how much is for this life */
bool is_present[PRODUCERS];   /* the producer's address names this life */

byte waiter = NOBODY;
bool is_actor = false;        /* behaviour != NULL */
bool is_unlisted = false;     /* SLOT_UNLISTED */
bool is_listed = true;        /* in a free list, for who takes it */

byte submitted = 0;           /* the task, in some run queue */
byte consumer = NOBODY;       /* ghost: who it is, asleep or awake */
bool is_woken[CLIENTS + 1];   /* since the client's last ticket */

#define consumes() assert(consumer == me)

inline submit()
{
	atomic {
		assert(submitted == 0 && consumer == NOBODY);
		submitted++
	}
}

inline wake_waiter()
{
	seen = waiter;
	if
	:: seen != NOBODY -> is_woken[seen] = true
	:: else
	fi
}

proctype producer(byte me)
{
	byte found;
	byte seen;

end_stop:
	do
	:: is_present[me] = true /* it learns the slot's address */
	:: atomic {
		mail < MAIL_MAX ->
		found = state;
		state = OPEN;
		mail++;
		if
		:: is_present[me] -> fresh++
		:: else
		fi
	   }
	   if
#if defined(MUTANT_IDLE_WAIT)
	   :: found == IDLE ->
		seen = waiter;
		if
		:: seen != NOBODY -> is_woken[seen] = true
		:: else -> submit()
		fi
#elif defined(MUTANT_TASK_WAKE)
	   :: found != OPEN -> submit()
#else
	   :: found == IDLE -> submit()
	   :: found == AWAITED -> wake_waiter()
#endif
	   :: found == OPEN
	   fi;
	   d_step { found = OPEN; seen = NOBODY }
	:: break
	od
}

/* Takes the slot off the free list and claims it; back if it has mail. */
inline claim()
{
	atomic { is_listed -> is_listed = false };
	if
	:: atomic {
		state == IDLE ->
		state = OPEN;
		assert(consumer == NOBODY);
		consumer = me
	   }
	:: atomic { state != IDLE -> is_listed = true } goto again
	fi
}

/* found: how much there was for this life; the rest is dead. */
inline take()
{
	d_step {
		consumes();
#ifndef ANY_TAKE
		assert(state != AWAITED);
#endif
		found = fresh;
		fresh = 0;
		mail = 0;
		state = OPEN
	}
}

#define is_open (mail == 0 && state == OPEN)

/* The slot's life is over; life_close(). */
inline close()
{
	d_step {
		consumes();
		fresh = 0;
		for (i : 0 .. PRODUCERS - 1) {
			is_present[i] = false
		}
		i = 0;
		is_actor = false
	}
}

proctype client(byte me)
{
	byte found;
	byte i;
	bool has_deadline;
	bool is_over;

again:
end_claim:
	if
	:: claim()
	:: goto stop
	fi;
#ifndef MUTANT_LATE_WAITER
	waiter = me;
#endif

	do /* one wait after another */
	:: if
	   :: has_deadline = true
	   :: has_deadline = false
	   fi;
	   do
	   :: take();
	      if
	      :: found > 0 || is_over -> break
	      :: else
	      fi;
#ifndef MUTANT_LATE_TICKET
	      is_woken[me] = false; /* a ticket */
#endif
	      if
#if defined(MUTANT_IDLE_WAIT)
	      :: atomic { is_open -> state = IDLE }
#elif defined(MUTANT_PLAIN_AWAIT)
	      :: is_open -> state = AWAITED
#else
	      :: atomic { is_open -> state = AWAITED }
#endif
#ifdef MUTANT_LATE_TICKET
		 is_woken[me] = false;
#endif
#ifdef MUTANT_LATE_WAITER
		 waiter = me;
#endif
end_sleep:
		 if
		 :: is_woken[me]
		 :: has_deadline -> is_over = true
		 fi;
#if defined(MUTANT_IDLE_WAIT)
		 d_step {
			if
			:: state == IDLE -> state = OPEN
			:: else
			fi
		 }
#elif !defined(MUTANT_NO_END)
		 d_step { /* end_await */
			if
			:: state == AWAITED -> state = OPEN
			:: else
			fi
		 }
#endif
	      :: !is_open
	      fi
	   od;
	   atomic { found = 0; is_over = false; has_deadline = false }
	   if
	   :: skip
	   :: break
	   fi
	od;

	waiter = NOBODY;
	close();
	do
	:: take();
	   if
	   :: atomic { is_open -> state = IDLE; consumer = NOBODY } break
	   :: !is_open
	   fi
	od;
	/* Fewer states: a ticket is taken before it is looked at. */
	atomic { found = 0; is_woken[me] = false }
	is_listed = true;
	goto again;
stop:
	skip
}

proctype spawner(byte me)
{
again:
end_claim:
	if
	:: claim()
	:: goto stop
	fi;
	d_step { consumes(); is_actor = true }
	atomic { consumer = NOBODY; submit() }
	goto again;
stop:
	skip
}

proctype worker(byte me)
{
	byte found;
	byte i;
	byte one = 0; /* peek_one gave it: it is in the inbox yet */
	bool ending;

end_work:
	atomic {
		submitted > 0 ->
		submitted--;
		assert(consumer == NOBODY);
		consumer = me
	}
	if
	:: is_actor && mail == 1 -> one = 1 /* handled where it lies */
	:: take() found = 0
	fi;
	if
	:: is_actor -> /* it ends in this slice */
		close();
		is_unlisted = true
	:: true
	fi;
	d_step {
		consumes();
		ending = is_unlisted;
		is_unlisted = false
	}
	if
	:: atomic { /* try_idle or try_idle_past */
		mail == one && state == OPEN ->
		mail = 0;
		fresh = 0;
		state = IDLE;
		consumer = NOBODY
	   }
	   if
	   :: ending -> is_listed = true
	   :: else
	   fi
	:: mail != one || state != OPEN ->
	   d_step { consumes(); is_unlisted = ending }
	   if
	   :: one == 1 -> take() found = 0 /* take_past, met in a slice more */
	   :: else
	   fi;
	   atomic { consumer = NOBODY; submit() }
	fi;
	atomic { ending = false; one = 0 }
	goto end_work
}

/* Runs when nobody else can. */
proctype judge()
{
	timeout;
	assert(mail == 0 && submitted == 0);
#ifndef MUTANT_IDLE_WAIT /* idle means another thing there */
	assert(state == IDLE || state == AWAITED);
	assert((state == AWAITED) == (consumer != NOBODY));
	assert(state != AWAITED || waiter == consumer);
	assert(state != IDLE || is_listed != is_actor)
#endif
}

init {
	byte i;

	atomic {
		for (i : 0 .. CLIENTS - 1) {
			run client(CLIENT(i))
		}
		for (i : 0 .. PRODUCERS - 1) {
			run producer(i)
		}
		for (i : 0 .. WORKERS - 1) {
			run worker(WORKER(i))
		}
		run spawner(SPAWNER);
		run judge()
	}
}
