/* SPDX-License-Identifier: MIT */
/*
 * sentinel - while somebody works there is a watch, and when all are idle there is
 * none; a spare worker comes when all stand still, and goes when they are back.
 * sched/sentinel.c and sched/spare.c, with what they need of sched/worker.c,
 * sched/crowd.c and sched/pick.c.
 *
 * Submitters push tasks to the inject queue and wake who is idle.  A task may
 * leave another one behind at its worker; it returns, or stays for ever.  Every
 * operation on shared words is one step: they are all of seq_cst order, and no
 * plain store is followed by a look (parker.pml has the store buffers that would
 * show one).  To see whether all are idle is one step, too: the count of who is
 * away has not changed between two looks at it, so it was as seen when the idle
 * bits were read.  A look of the sentinel takes a task that has not returned for
 * one that stays, or not; it looks as often as that changes anything, and LOOKS
 * times more.
 *
 * Promises, when nothing moves any more (judge):
 *   - if somebody stays, the watch is kept; if all are idle it is not, no spare
 *     is here, and whoever waits for stillness has been told;
 *   - a task waits only if everybody stays, the spare included; or behind one
 *     that has not been looked at often enough, which the watch will;
 *   - who is kept awake by the watch is the sentinel, and nobody searches.
 * And at every moment: who sees all idle and nothing queued sees no task in the
 * hands of the sentinel.
 *
 * Mutants, which must break a promise:
 *   MUTANT_NO_ROUSE   who begins to work does not look at the watch
 *   MUTANT_EARLY_REST the sentinel ends the watch though a spare is here, idle
 *   MUTANT_NO_RECHECK it ends the watch, and does not look again
 *   MUTANT_NO_JOIN    it looks, and takes what it finds, while it counts as away
 *   MUTANT_NO_STILL   it does not say that all is still after a look
 *   MUTANT_BLIND_GO   a spare that goes and ends its search does not look at the
 *                     tasks again
 *   MUTANT_LATE_TICKET a spare says that it is away, then takes its ticket
 */
#ifndef WORKERS
#define WORKERS 1
#endif
#ifndef SPARES
#define SPARES 1 /* 0: there is one, and nobody may send it */
#endif
#ifndef TASKS
#define TASKS 2 /* of the submitter */
#endif
#ifndef LOOKS
#define LOOKS 0 /* that change nothing */
#endif
#ifndef BEHIND
#define BEHIND 1 /* tasks left behind */
#endif

#define SPARE WORKERS /* its number */
#define ALL ((1 << (WORKERS + 1)) - 1)

byte tasks = 0;          /* in the inject queue */
byte searching = 0;
byte idle = 0;           /* a bit for each */
byte away = 1 << SPARE;  /* the same; as the count of who is away */
bool looks_now = false;  /* the sentinel is in the crowd */
bool is_kept = false;
bool rests = true;       /* the sentinel, by its own knowledge */
bool is_woken[WORKERS + 2]; /* since the last ticket; the last: the sentinel's */
bool runs[WORKERS + 1];  /* a task */
bool stays[WORKERS + 1]; /* and for ever */
bool behind[WORKERS + 1]; /* a task in its next slot */
bool is_away = true;     /* the spare, by [S] */
byte sent = 0;
byte wanted = 0;
byte staying = 0;
byte left_behind = 0;
byte idle_looks = 0;
byte in_hand = 0;        /* of the sentinel */
bool is_told = true;     /* that all is still, since somebody worked */

#define all_idle (!looks_now && (idle | away) == ALL)

inline leave_search()
{
	atomic { assert(searching == 1); searching = 0 }
}

/* crowd_wants_wake(); one that is false is never followed by anything else. */
inline wants_wake()
{
	wants = false;
	if
	:: searching != 0
	:: else -> wants = idle != 0
	fi
}

#define WAKE(n) \
	:: (idle & (1 << n)) != 0 -> \
		idle = idle & ~(1 << n); is_woken[n] = true; wants = false

/* Picks one, and wakes it in the same step: one that comes back by itself in
 * between is woken for nothing later, which may happen anyhow. */
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
		atomic {
			if
			WAKE(0)
			WAKE(1)
#if WORKERS > 1
			WAKE(2)
#endif
			:: idle == 0
			fi
		};
		if
		:: !wants -> break
		:: else -> leave_search(); wants_wake()
		fi
	od
}

/* Tells whoever waits for it; he looks at the queue, too. */
inline say_still()
{
	atomic {
		if
		:: all_idle ->
			assert(in_hand == 0);
			is_told = true
		:: else
		fi
	}
}

/* sentinel_rouse() */
inline rouse()
{
#ifndef MUTANT_NO_ROUSE
	if
	:: !is_kept ->
		atomic {
			wants = !is_kept;
			is_kept = true
		};
		if
		:: wants -> is_woken[WORKERS + 1] = true
		:: else
		fi;
		wants = false
	:: else
	fi
#else
	skip
#endif
}

/* spare_must_go() */
inline must_go()
{
	atomic {
		ok = me == SPARE && sent > wanted;
		if
		:: ok -> sent--
		:: else
		fi
	}
}

proctype worker(byte me)
{
	bool ok = false;
	bool wants = false;
	bool searches = false;

	if
	:: me == SPARE -> goto gone
	:: else
	fi;

work:
	atomic {
		ok = behind[me] || tasks > 0;
		if
		:: behind[me] -> behind[me] = false
		:: !behind[me] && tasks > 0 -> tasks--
		:: else
		fi;
		if
		:: ok -> is_told = false
		:: else
		fi
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
		ok = false;
		rouse();
		runs[me] = true;
		if
		:: atomic { left_behind < BEHIND ->
			left_behind++; behind[me] = true }
		:: true
		fi;
		if
		:: true -> runs[me] = false; goto work /* it has run */
		:: true -> atomic { stays[me] = true; staying++ }; goto stay
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

	must_go();
	if
	:: ok -> ok = false; goto go
	:: else
	fi;
	is_woken[me] = false; /* a ticket */
	idle = idle | (1 << me);
	if
	:: searches -> leave_search(); searches = false
	:: else
	fi;
	if
	:: tasks > 0 -> goto come_back
	:: else
	fi;
	say_still();
end_park:
	is_woken[me];

come_back:
	atomic {
		searches = !(idle & (1 << me)); /* a waker has raised searching */
		idle = idle & ~(1 << me)
	};
	if
	:: searches -> goto work
	:: else
	fi;
	must_go();
	if
	:: !ok -> goto work
	:: else -> ok = false
	fi;

go:
#ifndef MUTANT_LATE_TICKET
	is_woken[me] = false;
#endif
	away = away | (1 << me);
	if
	:: searches -> leave_search(); searches = false
	:: else
	fi;
#ifndef MUTANT_BLIND_GO
	if
	:: tasks > 0 -> wake_one()
	:: else
	fi;
#endif
	say_still();
	is_away = true;
#ifdef MUTANT_LATE_TICKET
	is_woken[me] = false;
#endif

gone:
end_away:
	is_woken[me];
	is_woken[me] = false; /* a ticket */
	if
	:: is_away -> goto gone
	:: else -> goto work
	fi;

stay:
end_stays:
	false
}

#define TAKE(n) \
	:: behind[n] && runs[n] -> behind[n] = false; in_hand++

/* Takes what waits behind one who seems to stay.  Only one has left one task. */
inline relieve()
{
	atomic {
		if
		TAKE(0)
		TAKE(1)
#if WORKERS > 1
		TAKE(2)
#endif
		:: else
		fi
	};
	if
	:: in_hand > 0 -> atomic { tasks++; in_hand-- }
	:: else
	fi
}

#if WORKERS > 1
#define any(what) (what[0] || what[1] || what[2])
#define waits_behind ((behind[0] && runs[0]) || (behind[1] && runs[1]) || \
    (behind[2] && runs[2]))
#else
#define any(what) (what[0] || what[1])
#define waits_behind ((behind[0] && runs[0]) || (behind[1] && runs[1]))
#endif

/* spares_adjust() with spares_max 1.  Who has seemed to stay does, or, as it comes,
 * will return. */
inline adjust()
{
	atomic {
		if
		:: any(runs) -> wanted = SPARES
		:: staying == 0 -> wanted = 0
		fi
	};
	if
	:: sent > wanted ->
		is_woken[SPARE] = true
	:: sent < wanted && idle == 0 && is_away ->
		sent++;
		away = away & ~(1 << SPARE);
		is_away = false;
		is_woken[SPARE] = true
	:: else
	fi
}

/* A look would change something. */
#define is_wrong (waits_behind || (tasks > 0 && idle != 0) || \
    (SPARES && sent < (staying > 0) && idle == 0 && is_away) || \
    (sent > (staying > 0)) || (all_idle && sent == 0))

proctype sentinel()
{
	bool wants = false;

at_rest:
end_rest:
	is_woken[WORKERS + 1];
	is_woken[WORKERS + 1] = false;
	if
	:: !is_kept -> goto at_rest
	:: else -> rests = false
	fi;

watch:
end_watch:
	if
	:: is_wrong
	:: atomic { idle_looks < LOOKS -> idle_looks++ }
	fi;
#ifndef MUTANT_NO_JOIN
	looks_now = true;
#endif
	relieve();
	adjust();
#ifndef MUTANT_NO_JOIN
	looks_now = false;
#endif
	if
	:: tasks > 0 -> wake_one()
	:: else
	fi;
#ifndef MUTANT_NO_STILL
	say_still();
#endif
#ifndef MUTANT_EARLY_REST
	if
	:: sent == 0
	:: else -> goto watch
	fi;
#endif
	if
	:: all_idle
	:: else -> goto watch
	fi;
	is_kept = false;
#ifndef MUTANT_NO_RECHECK
	if
	:: all_idle
	:: else -> is_kept = true; goto watch
	fi;
#endif
	rests = true;
	goto at_rest
}

proctype submitter()
{
	byte given = 0;
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

	timeout;
	assert(searching == 0);
	assert(in_hand == 0);
	assert(is_kept != rests);
	assert(staying == 0 || is_kept);
	assert(staying > 0 || (all_idle && !is_kept && sent == 0 &&
	    is_away && is_told));
	assert((tasks == 0 && !any(behind)) || staying == WORKERS + SPARES)
}

init {
	byte i;

	atomic {
		for (i : 0 .. WORKERS) {
			run worker(i)
		}
		run sentinel();
		run submitter();
		run judge()
	}
}
