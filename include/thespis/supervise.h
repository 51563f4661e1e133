/* SPDX-License-Identifier: MIT */
/*
 * supervise - supervisors: actors that start their children, and start them
 * anew when they crash.
 *
 *     static const ths_child_spec office_children[] = {
 *         { .name = "divider", .actor = &divider_actor },
 *         { .name = "clerk", .actor = &clerk_actor },
 *     };
 *     THS_SUPERVISOR(office, .strategy = THS_ONE_FOR_ALL,
 *         .children = office_children, .children_length = 2)
 *
 * declares the constant `office_actor`, to be spawned as any actor, or to be a
 * child in another supervisor's table.
 *
 * What a crash is.  A handler that fails does not end its actor: the message is
 * tried again, then poisons its sender (thespis/failure.h).  An actor that
 * cannot go on says so with ths_crash().  An end is *abnormal* when its reason
 * is one of THS_EXIT_ABNORMAL (thespis/life.h); by itself (ths_exit()), and
 * because somebody else asked it to, a child ends in order.  The specification
 * of a child may say otherwise.
 *
 * Starting.  Children are spawned in the order of the table, those added later
 * behind them; each is spawned before the next, but inits run when their
 * workers come to it.  A child that could not be spawned, and one whose init or
 * start fails, has failed like one that crashed, at the first start too.
 *
 * Failing.  What is restarted is the strategy's business: the others that it
 * concerns are ended first, the youngest first, and all start in their order.
 * If the VM lacks memory or room for a child, it is tried again
 * THS_START_PAUSE later at the earliest.
 *
 * Giving up.  More than restarts_max restarts within `window` are too many: the
 * supervisor ends its children and crashes, which its own supervisor sees as
 * any crash of a child (escalation).
 *
 * Ending.  Asked to exit, by anybody or by the VM's stop, a supervisor ends its
 * children one by one, the youngest first.  Each is asked, and killed when its
 * time for shutdown is over.  Then the supervisor itself ends.  A request that
 * is alone leaves the children without one.
 *
 * A supervisor takes the requests below from anybody, and answers by mail.
 * They are met in the order of mail, and while it waits for the end of a child,
 * too.
 *
 * Threads: any may send the requests; print and json are for any thread outside
 * handlers.  Limits: children_max, beyond which counts in limits_hit (whatever
 * happens, a supervisor looks through all its children: for many thousands take
 * several); one request at a time for each child.  Where no timer is to be had
 * (timers_max, no memory) a restart comes at once, and a shutdown is a kill.
 */
#ifndef THESPIS_SUPERVISE_H
#define THESPIS_SUPERVISE_H

#include "thespis/life.h"
#include "thespis/timer.h"
#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------- the tables */

/* Who is started anew when one child fails. */
typedef enum ths_strategy {
	THS_ONE_FOR_ONE,  /* that one */
	THS_ONE_FOR_ALL,  /* all that run or wait to */
	THS_REST_FOR_ONE, /* that one, and of those behind it the same */
	THS_STRATEGY_COUNT
} ths_strategy;

/* When a child is started anew. */
typedef enum ths_restart {
	THS_PERMANENT, /* after every end that the supervisor did not want */
	THS_TRANSIENT, /* after an abnormal one */
	THS_TEMPORARY, /* never; it is forgotten when it ends */
	THS_RESTART_COUNT
} ths_restart;

/* A time-out for shutdown: none; the child is killed at once. */
#define THS_KILL_AT_ONCE ((ths_duration)-1)

#define THS_START_PAUSE THS_MILLISECONDS(10)

enum {
	THS_RESTARTS_MAX = 1024,   /* the largest restarts_max */
	THS_RESTARTS_NONE = -1,    /* as restarts_max: gives up at once */
	THS_CHILD_NAME_MAX = 63,   /* bytes, NUL not counted */
};

/* How to start a child.  What is zero means its default. */
typedef struct ths_child_spec {
	const char *name;       /* for people, and for the requests; no two of
				 * one supervisor's children have the same */
	const ths_actor *actor;
	ths_any start;          /* for an actor that asks for a start message,
				 * { THS_PAYLOAD(range, .from = 1) }; each life
				 * gets it.  THS_FLAT_SIZE_MAX bytes, those of
				 * its blobs included, which are copied */
	ths_restart restart;
	ths_duration shutdown;  /* from the request to exit to the kill; 0: 5 s;
				 * THS_FOREVER; THS_KILL_AT_ONCE */
	uint32_t abnormal;      /* THS_EXIT_BIT()s; 0: THS_EXIT_ABNORMAL */
	uint32_t mailbox_max;   /* as in ths_spawn_options */
} ths_child_spec;

/*
 * A supervisor's table.  What is zero means its default.  A constant; it must
 * outlive the VMs that use it, and so must what it points to.
 *
 * Back-off: a child that fails waits for `backoff` before it is started anew,
 * then for backoff_factor as long each time, at most backoff_max; and for
 * `backoff` again once it has lived for `quiet`.  Where others are restarted
 * with it, all wait.
 */
typedef struct ths_supervisor {
	ths_strategy strategy;
	const ths_child_spec *children; /* NULL if there are none */
	size_t children_length;
	const ths_actor *const *kinds; /* what ths_child_start may name beside
					* the actors of `children` */
	size_t kinds_length;
	int32_t restarts_max;        /* in `window`; 0: 3; THS_RESTARTS_NONE; at
				      * most THS_RESTARTS_MAX */
	ths_duration window;         /* 0: 5 s */
	ths_duration backoff;        /* 0: at once */
	double backoff_factor;       /* 1 or more; 0: 2 */
	ths_duration backoff_max;    /* 0: 60 s */
	ths_duration quiet;          /* 0: 10 s */
	uint32_t children_max;       /* 0: 1024 */
} ths_supervisor;

/*
 * Declares the constant NAME_actor, of the members of a ths_supervisor.  A
 * table that makes no sense makes its init fail, and the log says what is
 * wrong.
 */
#define THS_SUPERVISOR(supervisor, ...) \
	static const ths_supervisor ths_##supervisor##_table = { \
		__VA_ARGS__ }; \
	static ths_status \
	ths_##supervisor##_begin(ths_self *ths_s, void *ths_state, \
	    const void *ths_m) \
	{ \
		(void)ths_m; \
		return ths_supervisor_begin(ths_s, ths_state, \
		    &ths_##supervisor##_table); \
	} \
	static const ths_row ths_##supervisor##_rows[] = { \
		THS_SUPERVISOR_ROWS(ths_##supervisor##_begin) \
	}; \
	THS_UNUSED static const ths_actor supervisor##_actor = { \
		#supervisor, sizeof(ths_supervised), ths_##supervisor##_rows, \
		sizeof(ths_##supervisor##_rows) / sizeof(ths_row) \
	};

/* ----------------------------------------------------------- the requests */

THS_ENUM(ths_restart, THS_PERMANENT, THS_TRANSIENT, THS_TEMPORARY)
THS_ENUM(ths_strategy, THS_ONE_FOR_ONE, THS_ONE_FOR_ALL, THS_REST_FOR_ONE)

/*
 * Adds a child behind the others and starts it.  Its actor is named: one of the
 * supervisor's kinds, or that of a child of its table.  The other members are
 * as in ths_child_spec.  Answered with ths_child_answer: THS_OK when it was
 * spawned (it may still fail to begin); THS_UNKNOWN (no such actor), THS_TAKEN
 * (a child has the name), THS_BAD_ARGUMENT, THS_LIMIT (children_max),
 * THS_NO_MEMORY, what ths_spawn_child() returns, or THS_STOPPED (the supervisor
 * is ending); in these cases there is no such child.
 */
THS_MESSAGE(ths_child_start,
	THS_FIELD(ths_string, name),
	THS_FIELD(ths_string, actor),
	THS_FIELD(ths_any, start),
	THS_FIELD(enum ths_restart, restart),
	THS_FIELD(ths_duration, shutdown),
	THS_FIELD(uint32_t, abnormal),
	THS_FIELD(uint32_t, mailbox_max))

/*
 * These three end a child that runs, in its order, and are answered with
 * ths_child_answer when that is done: THS_OK; THS_UNKNOWN (no such child),
 * THS_LIMIT (another request for it is under way) or THS_STOPPED.  None counts
 * as a failure.
 *   stop     it stays down until it is restarted; a temporary one is forgotten.
 *   restart  starts it anew, or at all; also THS_NO_MEMORY and what
 *            ths_spawn_child() returns: then it stays down
 *   delete   forgets it
 */
THS_MESSAGE(ths_child_stop, THS_FIELD(ths_string, name))
THS_MESSAGE(ths_child_restart, THS_FIELD(ths_string, name))
THS_MESSAGE(ths_child_delete, THS_FIELD(ths_string, name))

/* The answer to a request for one child. */
THS_MESSAGE(ths_child_answer,
	THS_FIELD(ths_string, name),
	THS_FIELD(int32_t, status),      /* a ths_status */
	THS_FIELD(ths_address, child))   /* nobody if it does not run */

typedef enum ths_child_state {
	THS_CHILD_RUNNING,
	THS_CHILD_ENDING,  /* asked to exit, or killed */
	THS_CHILD_WAITING, /* to be started */
	THS_CHILD_DOWN,    /* and stays so */
} ths_child_state;

THS_ENUM(ths_child_state, THS_CHILD_RUNNING, THS_CHILD_ENDING,
    THS_CHILD_WAITING, THS_CHILD_DOWN)

/* One child, in a list. */
THS_MESSAGE(ths_child_entry,
	THS_FIELD(ths_string, name),
	THS_FIELD(ths_string, actor),
	THS_FIELD(ths_address, child),   /* nobody if it does not run */
	THS_FIELD(enum ths_child_state, state),
	THS_FIELD(enum ths_restart, restart),
	THS_FIELD(uint32_t, failures),   /* so far */
	THS_FIELD(bool, is_supervisor),
	THS_FIELD(ths_string, why))      /* its last life ended; "" before */

/* Asks for the children from the one at this place on, counted from 0. */
THS_MESSAGE(ths_children_list, THS_FIELD(uint32_t, from))

/* The answer: as many of them, in their order, as fit into one message. */
THS_MESSAGE(ths_children_listed,
	THS_FIELD(enum ths_strategy, strategy),
	THS_FIELD(uint32_t, from),
	THS_FIELD(uint32_t, total),      /* children there are */
	THS_LIST(struct ths_child_entry, children))

/* Asks how many there are. */
THS_SIGNAL(ths_children_count)

THS_MESSAGE(ths_children_counted,
	THS_FIELD(uint32_t, total),
	THS_FIELD(uint32_t, running),    /* or ending */
	THS_FIELD(uint32_t, waiting),
	THS_FIELD(uint32_t, supervisors),
	THS_FIELD(uint64_t, failures))   /* of children, so far */

/* --------------------------------------------------------------- the tree */

/*
 * Prints a supervisor, its children, and theirs, a line each, by asking them;
 * one that does not answer within timeout is listed with the reason:
 *
 *     one_for_all
 *       divider  divider 3.2  running
 *       clerk    clerk 4.1    waiting, 2 failures: it crashed
 *
 * Writes at most `size` bytes, the NUL included, and returns how long the whole
 * would be, like snprintf(); a text that was cut ends in "...".  Deeper than
 * THS_TREE_DEPTH_MAX nothing is asked.
 */
enum { THS_TREE_DEPTH_MAX = 16 };
THS_PUBLIC size_t ths_supervision_print(ths_vm *vm, ths_address supervisor,
    ths_duration timeout, char *text, size_t size);

/*
 * The same as JSON: {"strategy":"one_for_all","children":[{"name":"divider",
 * "actor":"divider","state":"running","restart":"permanent","failures":0,
 * "why":""}]}, where a child that is a supervisor has "tree", too; or
 * {"error":"..."} for one that does not answer.  What does not fit is not cut
 * but replaced by {"cut":true}, or "".
 */
THS_PUBLIC size_t ths_supervision_json(ths_vm *vm, ths_address supervisor,
    ths_duration timeout, char *text, size_t size);

/* -------------------------------------------- how THS_SUPERVISOR works */

/* The state of every supervisor; its content is the library's. */
typedef struct ths_supervised { void *book; } ths_supervised;

/* What the rows of a supervisor's table call; handlers of these types. */
THS_PUBLIC ths_status ths_supervisor_begin(ths_self *self, void *state,
    const ths_supervisor *table);
THS_PUBLIC ths_status ths_supervisor_begun(ths_self *self, void *state,
    const void *nothing);
THS_PUBLIC void ths_supervisor_end(ths_self *self, void *state);
THS_PUBLIC ths_status ths_supervisor_asked(ths_self *self, void *state,
    const void *request);
THS_PUBLIC ths_status ths_supervisor_told(ths_self *self, void *state,
    const void *exited);
THS_PUBLIC ths_status ths_supervisor_woken(ths_self *self, void *state,
    const void *wakeup);
THS_PUBLIC ths_status ths_supervisor_start(ths_self *self, void *state,
    const void *start);
THS_PUBLIC ths_status ths_supervisor_stop(ths_self *self, void *state,
    const void *stop);
THS_PUBLIC ths_status ths_supervisor_restart(ths_self *self, void *state,
    const void *restart);
THS_PUBLIC ths_status ths_supervisor_delete(ths_self *self, void *state,
    const void *what);
THS_PUBLIC ths_status ths_supervisor_list(ths_self *self, void *state,
    const void *list);
THS_PUBLIC ths_status ths_supervisor_count(ths_self *self, void *state,
    const void *count);

#define THS_SUPERVISOR_ROWS(begin) \
	{ THS_ROW_INIT, 0, begin, 0 }, \
	{ THS_ROW_START, 0, ths_supervisor_begun, 0 }, \
	{ THS_ROW_EXIT, 0, 0, ths_supervisor_end }, \
	{ THS_ROW_ON, &ths_exit_request_type, ths_supervisor_asked, 0 }, \
	{ THS_ROW_ON, &ths_actor_exited_type, ths_supervisor_told, 0 }, \
	{ THS_ROW_ON, &ths_wakeup_type, ths_supervisor_woken, 0 }, \
	{ THS_ROW_ON, &ths_child_start_type, ths_supervisor_start, 0 }, \
	{ THS_ROW_ON, &ths_child_stop_type, ths_supervisor_stop, 0 }, \
	{ THS_ROW_ON, &ths_child_restart_type, ths_supervisor_restart, 0 }, \
	{ THS_ROW_ON, &ths_child_delete_type, ths_supervisor_delete, 0 }, \
	{ THS_ROW_ON, &ths_children_list_type, ths_supervisor_list, 0 }, \
	{ THS_ROW_ON, &ths_children_count_type, ths_supervisor_count, 0 },

#ifdef __cplusplus
}
#endif
#endif
