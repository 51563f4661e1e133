/* SPDX-License-Identifier: MIT */
/*
 * sentinel - while a worker's task stays and another worker is parked, one of the
 * parked ones keeps watch; and when all are parked for good, none does.
 * sched/sentinel.c, with what it needs of sched/worker.c, sched/crowd.c and
 * sched/pick.c.
 *
 * Submitters push tasks to the inject queue and wake who is idle.  A task returns,
 * or stays for ever.  Every operation on shared words is one step: they are
 * all of seq_cst order, and no plain store is followed by a look (parker.pml has
 * the store buffers that would show one).  Whoever parks with a deadline may come
 * back by itself, LOOKS times in all; each such look may or may not find that
 * nobody has begun a task, as it does not matter here whether it is right.
 *
 * Promises, when nothing moves any more (judge):
 *   - if somebody stays and somebody is parked, one of the parked keeps watch;
 *   - the watch is kept by one worker at most, and is_kept says so;
 *   - no task waits while somebody is parked, but for one that the next look
 *     finds (what is behind a task that stays).
 *
 * Mutants, which must break a promise:
 *   MUTANT_NO_PASS    who begins to work does not look at the watch
 *   MUTANT_NO_GIVE    who begins to work does not give it up
 *   MUTANT_NO_RECHECK who gives it up, since all are idle, does not look again
 *   MUTANT_LATE_GIVE  who begins to work looks for somebody idle, then gives it up
 *   MUTANT_EARLY_TRY  who goes idle tries the watch, then announces itself
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef SUBMITTERS
#define SUBMITTERS 1
#endif
#ifndef TASKS
#define TASKS 1 /* of one submitter */
#endif
#ifndef LOOKS
#define LOOKS 1
#endif

#define ALL ((1 << WORKERS) - 1)

byte tasks = 0;          /* in the inject queue */
byte searching = 0;
byte idle = 0;           /* a bit for each */
bool is_kept = false;
bool keeps[WORKERS];     /* the worker's own */
bool is_parked[WORKERS];
bool is_woken[WORKERS];  /* since the worker's last ticket */
byte staying = 0;
byte looks = 0;

inline leave_search()
{
	atomic { assert(searching == 1); searching = 0 }
}

/* wants: nobody searches, and one is idle. */
inline wants_wake()
{
	if
	:: searching != 0
	:: else -> wants = idle != 0
	fi
}

inline wake_one()
{
	wants_wake();
	do
	:: !wants -> break
	:: else ->
		atomic {
			wants = searching == 0;
			if
			:: wants -> searching = 1
			:: else
			fi
		};
		if
		:: !wants -> break
		:: else
		fi;
		i = 0;
		wants = false;
		do
		:: i < WORKERS && !wants ->
			atomic {
				wants = (idle & (1 << i)) != 0;
				idle = idle & ~(1 << i)
			};
			if
			:: wants -> is_woken[i] = true
			:: else
			fi;
			i++
		:: else -> i = 0; break
		od;
		if
		:: wants -> break
		:: else
		fi;
		leave_search();
		wants_wake()
	od;
	wants = false
}

inline give_up()
{
	if
	:: atomic { keeps[me] -> keeps[me] = false; is_kept = false }
	:: else
	fi
}

inline look_at_watch()
{
#ifndef MUTANT_NO_PASS
	if
	:: !is_kept -> wake_one()
	:: else
	fi
#else
	skip
#endif
}

inline pass_on()
{
	saw_rest = false;
#ifdef MUTANT_LATE_GIVE
	wake_one();
	give_up()
#else
#ifndef MUTANT_NO_GIVE
	give_up();
#endif
	look_at_watch()
#endif
}

inline try_watch()
{
	atomic {
		if
		:: !is_kept && !keeps[me] -> is_kept = true; keeps[me] = true
		:: else
		fi
	}
}

/* sentinel_park() */
inline watch()
{
	rests = false;
	if
	:: keeps[me] && saw_rest && idle == ALL ->
		give_up();
#ifdef MUTANT_NO_RECHECK
		rests = true
#else
		if
		:: idle == ALL -> rests = true
		:: else
		fi
#endif
	:: else
	fi;
	saw_rest = false;
	if
	:: rests
	:: else ->
		if
		:: !keeps[me] && idle == ALL /* was not busy since quiet() */
		:: true -> try_watch()
		fi
	fi
}

proctype worker(byte me)
{
	byte i;
	bool ok;
	bool wants = false;
	bool rests = false;
	bool saw_rest = false;
	bool searches = false;

work:
	atomic {
		ok = tasks > 0;
		tasks = tasks - ok
	};
	if
	:: ok ->
		if
		:: searches ->
			leave_search();
			searches = false;
			if
			:: tasks > 0 -> wake_one()
			:: else
			fi
		:: else
		fi;
		pass_on();
		if
		:: true -> goto work /* it has run */
		:: true -> staying++; goto stays
		fi
	:: else
	fi;
	if
	:: searches
	:: else ->
		atomic {
			ok = searching == 0;
			if
			:: ok -> searching = 1
			:: else
			fi
		};
		if
		:: ok -> ok = false; searches = true; goto work
		:: else
		fi
	fi;

	is_woken[me] = false; /* a ticket */
#ifdef MUTANT_EARLY_TRY
	watch();
#endif
	atomic { idle = idle | (1 << me) };
	if
	:: searches -> leave_search(); searches = false
	:: else
	fi;
	if
	:: tasks > 0 -> goto come_back
	:: else
	fi;
#ifndef MUTANT_EARLY_TRY
	watch();
#endif
	is_parked[me] = true;
end_park:
	if
	:: is_woken[me]
	:: atomic { keeps[me] && looks < LOOKS -> looks++ };
		if
		:: saw_rest = true
		:: true
		fi
	fi;
	is_parked[me] = false;

come_back:
	atomic {
		searches = !(idle & (1 << me)); /* a waker has raised searching */
		idle = idle & ~(1 << me)
	};
	goto work;

stays:
end_stays:
	false
}

proctype submitter()
{
	byte given = 0;
	byte i;
	bool wants = false;

	do
	:: given < TASKS ->
		given++;
		atomic { tasks++ };
		wake_one()
	:: else -> break
	od
}

/* Runs when nobody else can. */
proctype judge()
{
	byte i;
	byte parked = 0;
	byte watching = 0;

	timeout;
	for (i : 0 .. WORKERS - 1) {
		parked = parked + is_parked[i];
		watching = watching + (is_parked[i] && keeps[i]);
	}
	assert(watching <= 1);
	assert(parked == 0 || is_kept == (watching == 1));
	assert(parked == 0 || staying == 0 || watching == 1);
	assert(parked == 0 || tasks == 0 || watching == 1);
	assert(searching == 0)
}

init {
	byte i;

	atomic {
		for (i : 0 .. WORKERS - 1) {
			run worker(i)
		}
		for (i : 1 .. SUBMITTERS) {
			run submitter()
		}
		run judge()
	}
}
