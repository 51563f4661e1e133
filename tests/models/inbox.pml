/* SPDX-License-Identifier: MIT */
/*
 * inbox - the word of mailbox/inbox.h: push, take, try_idle, try_claim, and the
 * way past one envelope: peek_one, try_idle_past, take_past.  The inbox that is
 * awaited by a sleeping consumer is client.pml's.
 *
 * Producers push envelopes of their own, and use them again once they have been
 * handled, so that the word may come back to a value it had.  Whoever moves the
 * inbox from idle to open submits the task; workers run it.  A claimer opens it
 * without mail.
 *
 * Promises:
 *   - at most one consumer at a time (assert in run);
 *   - a take has the mail of one producer in order, each envelope once (handle);
 *   - when nothing moves any more, everything sent has been handled, and the
 *     inbox is empty and idle (judge).
 *
 * Mutants, which must break a promise:
 *   MUTANT_PLAIN_IDLE   try_idle looks, then stores: mail between is left there
 *   MUTANT_BLIND_PUSH   push looks whether it was idle after its push
 *   MUTANT_BLIND_CLAIM  try_claim looks, then stores
 *   MUTANT_BLIND_PAST   try_idle_past looks at the newest envelope, then stores
 *   MUTANT_EARLY_GIVE   what peek_one gave is given back before it is removed
 */
#ifdef THREE_PRODUCERS
#define PRODUCERS 3
#define OWN 1    /* envelopes of one producer */
#define SENDS 2  /* of one producer: each envelope is used twice */
#define CLAIMS 1
#else
#define PRODUCERS 2
#define OWN 2
#define SENDS 3  /* one envelope is used twice */
#define CLAIMS 2
#endif
#define WORKERS 2
#define ENVELOPES (PRODUCERS * OWN)
#define NONE 0   /* envelopes count from 1 */

#define OPEN 0
#define IDLE 1

/* The word; its three parts change together, in one atomic step. */
byte newest = NONE;
byte count = 0;
bit state = IDLE;

byte next[ENVELOPES + 1];
byte number[ENVELOPES + 1];   /* which send of its producer it is */
bool is_out[ENVELOPES + 1];   /* sent and not yet handled */

byte submitted = 0;           /* the task, in some run queue */
byte consuming = 0;           /* workers that run it */
byte handled = 0;
byte last[PRODUCERS];         /* number of the last one handled */

inline push(envelope)
{
	do
	:: d_step {
		seen_newest = newest;
		seen_count = count;
		seen_state = state;
	   }
	   next[envelope] = seen_newest;
	   if
	   :: atomic {
		newest == seen_newest && count == seen_count &&
		    state == seen_state ->
		newest = envelope;
		count++;
		state = OPEN;
	      }
	      break
	   :: atomic {
		!(newest == seen_newest && count == seen_count &&
		    state == seen_state) -> skip
	      }
	   fi
	od
}

proctype producer(byte me)
{
	byte sent = 0;
	byte envelope;
	byte seen_newest;
	byte seen_count;
	bit seen_state;

	do
	:: sent < SENDS ->
		envelope = 1 + me * OWN + sent % OWN;
		!is_out[envelope]; /* it has come back */
		sent++;
		d_step {
			is_out[envelope] = true;
			number[envelope] = sent;
		}
#ifdef MUTANT_BLIND_PUSH
		d_step { seen_state = state };
		bit was = seen_state;
		push(envelope);
		seen_state = was;
#else
		push(envelope);
#endif
		if
		:: seen_state == IDLE -> submitted++
		:: else
		fi
	:: else -> break
	od
}

proctype claimer()
{
	byte claims = 0;

	do
	:: claims < CLAIMS ->
		claims++;
		if
#ifdef MUTANT_BLIND_CLAIM
		:: state == IDLE -> state = OPEN; submitted++
#else
		:: atomic { state == IDLE && newest == NONE -> state = OPEN }
		   submitted++
#endif
		:: true /* not this time, or not idle */
		fi
	:: else -> break
	od
}

inline meet(met)
{
	d_step {
		producer_of = (met - 1) / OWN;
		assert(is_out[met]);
		assert(number[met] == last[producer_of] + 1);
		last[producer_of] = number[met];
		handled++;
		producer_of = 0
	}
}

/* Handles the chain that begins at `oldest`. */
inline handle()
{
	do
	:: oldest != NONE ->
		meet(oldest);
		envelope = next[oldest];
		is_out[oldest] = false; /* from here the producer's */
		oldest = envelope
	:: else -> break
	od
}

/* What is newer than `past`, which is NONE or what peek_one gave. */
inline take()
{
	d_step {
		envelope = newest;
		newest = NONE;
		count = 0;
		state = OPEN;
	}
	oldest = NONE;
	do
	:: envelope != past ->
		d_step {
			older = next[envelope];
			next[envelope] = oldest;
			oldest = envelope;
			envelope = older;
			older = NONE
		}
	:: else -> break
	od;
	envelope = NONE
}

inline give_past()
{
	d_step { is_out[past] = false; past = NONE } /* the producer's now */
}

proctype worker()
{
	byte past = NONE;
	byte envelope;
	byte older;
	byte oldest;
	byte producer_of;

end_wait:
	atomic {
		submitted > 0 -> submitted--;
		consuming++;
		assert(consuming == 1);
	}
	if
	:: atomic { /* peek_one; what is met stays out until it is given back */
		count == 1 ->
		past = newest;
		meet(past)
	   }
#ifdef MUTANT_EARLY_GIVE
	   is_out[past] = false;
#endif
	   if
#ifdef MUTANT_BLIND_PAST
	   :: newest == past ->
		atomic { newest = NONE; count = 0; state = IDLE; consuming-- }
#else
	   :: atomic {
		newest == past && count == 1 && state == OPEN ->
		newest = NONE;
		count = 0;
		state = IDLE;
		consuming--; /* ghost, as below */
	      }
#endif
	      give_past();
	      goto end_wait
	   :: newest != past || count != 1 ->
	      take();
	      give_past();
	      handle()
	   fi
	:: true /* the usual way */
	fi;
	do
	:: take();
	   handle();
	   if
#ifdef MUTANT_PLAIN_IDLE
	   :: newest == NONE ->
		atomic { newest = NONE; count = 0; state = IDLE; consuming-- }
		break
#else
	   :: atomic {
		newest == NONE && count == 0 && state == OPEN ->
		state = IDLE;
		consuming--; /* ghost: from here another may consume */
	      }
	      break
#endif
	   :: newest != NONE -> skip /* more mail, same slice */
	   :: newest != NONE ->      /* more mail, another slice */
		atomic { consuming--; submitted++ }
		break
	   fi
	od;
	goto end_wait
}

/* Runs when nobody else can. */
proctype judge()
{
	timeout;
	assert(newest == NONE && count == 0);
	assert(state == IDLE);
	assert(submitted == 0 && consuming == 0);
	assert(handled == PRODUCERS * SENDS)
}

init {
	byte i;

	atomic {
		for (i : 0 .. PRODUCERS - 1) {
			run producer(i)
		}
		for (i : 0 .. WORKERS - 1) {
			run worker()
		}
		run claimer();
		run judge()
	}
}
