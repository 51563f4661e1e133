/* SPDX-License-Identifier: MIT */
/*
 * actor - what an actor is made of, and what it may do inside its handlers.
 *
 *     struct counter { int64_t value; };
 *
 *     static ths_status
 *     on_add(ths_self *self, struct counter *counter, const struct add *add)
 *     {
 *         counter->value += add->amount;
 *         return ths_reply(self, total, .value = counter->value);
 *     }
 *
 *     THS_ACTOR(counter, struct counter, THS_ON(add, on_add))
 *
 * declares the constant `counter_actor`.  A handler whose message or state has
 * another type does not compile.
 *
 * An actor's state is zeroed before its init runs, belongs to the actor alone,
 * and is only ever touched by one worker at a time.  Handlers run to
 * completion; one that blocks holds up its worker.
 *
 * An actor begins in two steps.  Its init may only look, and set its state:
 * what acts on others, or on the actor itself, has no effect then but a warning
 * in the log, and answers THS_NOT_READY if it has a status to answer; no other
 * header repeats that.  Its start runs next, before any mail, and may do all
 * that a handler may.
 *
 * Threads: every function here that takes a ths_self is for the actor's own
 * handlers, on the thread that runs them, while they run.
 *
 * Failure: a handler returns THS_OK or another status.  Another status means
 * that it failed: it is tried once more, then the sender is told; the actor
 * lives on.  See thespis/failure.h.
 */
#ifndef THESPIS_ACTOR_H
#define THESPIS_ACTOR_H

#include "thespis/log.h"
#include "thespis/message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The running actor, as its own handlers see it. */
typedef struct ths_self ths_self;

typedef ths_status (*ths_handler)(ths_self *self, void *state,
    const void *message);
typedef void (*ths_exit_handler)(ths_self *self, void *state);

typedef enum ths_row_kind {
	THS_ROW_ON,    /* handles one message type */
	THS_ROW_INIT,  /* runs first; type: what a spawn must bring, or NULL */
	THS_ROW_START, /* runs next; the same */
	THS_ROW_EXIT,  /* runs last */
	THS_ROW_NEEDS, /* capabilities that the VM must have */
	THS_ROW_CHECK, /* the actor's own look at them */
} ths_row_kind;

/*
 * Looks whether an actor of this kind can live in a VM with these capabilities,
 * for a creator who asks for these requirements; see thespis/capability.h.
 * THS_OK: it can; anything else: it cannot.  Called by any thread, several at
 * once, before there is a state; depends on nothing but its arguments, which
 * last until it returns, and calls nothing of the VM.
 */
typedef ths_status (*ths_capability_check)(ths_map capabilities,
    ths_map requirements);

/* One row of an actor's table. */
typedef struct ths_row {
	ths_row_kind kind;
	const ths_type *type;
	ths_handler handler;
	ths_exit_handler exit;
	const ths_pair *needs; /* see THS_NEED() in thespis/capability.h */
	size_t needs_length;
	ths_capability_check check;
} ths_row;

/* Describes one kind of actor.  A constant; must outlive the VMs that
 * use it. */
typedef struct ths_actor {
	const char *name;
	size_t state_size; /* bytes; at most THS_STATE_SIZE_MAX; the state is
			    * aligned to THS_STATE_ALIGNMENT */
	const ths_row *rows;
	size_t rows_length; /* at most 32 */
} ths_actor;

enum {
	THS_STATE_SIZE_MAX = 1 << 20, /* bytes */
	THS_STATE_ALIGNMENT = 16,     /* bytes; what a state is aligned to */
};

/* The state of an actor that needs none. */
typedef struct ths_nothing { char nothing; } ths_nothing;

/*
 * Declares the constant NAME_actor.  The rows, in any order:
 *   THS_ON(message, function)    handles struct message, and what extends it
 *       and has no row of its own:
 *       ths_status function(ths_self *, State *, const struct message *)
 *   THS_INIT(function)           sets the state, and may only look:
 *       ths_status function(ths_self *, State *)
 *   THS_START(function)          runs once after that, and before the first
 *       message; the same type
 *   THS_INIT(message, function)
 *   THS_START(message, function) the same, given the start message that every
 *       spawn of this actor must then carry; of one type where both ask for it:
 *       ths_status function(ths_self *, State *, const struct message *)
 *   THS_EXIT(function)           runs after the last message:
 *       void function(ths_self *, State *)
 *   THS_NEEDS(pairs)             what the VM must have, an array of ths_pair;
 *       any number of such rows, and all must hold
 *   THS_CHECK(function)          looks at it itself:
 *       ths_status function(ths_map capabilities, ths_map requirements)
 * If init returns a failure the actor ends without having handled anything; its
 * exit does not run and its mail becomes dead letters.  If start does it is the
 * same, but that the actor ends like any other: what it has sent stands, the
 * children it has spawned end before it, and its exit runs.  Its parent is told
 * THS_EXIT_INIT_FAILED in both cases.  A start is not tried again.
 */
#define THS_ACTOR(actor, State, ...) \
	THS_STATIC_ASSERT(THS_ALIGNOF(State) <= THS_STATE_ALIGNMENT, \
	    "the state of " #actor " asks for more than 16-byte alignment"); \
	THS_EACH(THS_ROW_THUNK, (actor, State), __VA_ARGS__) \
	static const ths_row ths_##actor##_rows[] = { \
		THS_EACH(THS_ROW_ENTRY, (actor, State), __VA_ARGS__) \
	}; \
	THS_UNUSED static const ths_actor actor##_actor = { \
		#actor, sizeof(State), ths_##actor##_rows, \
		sizeof(ths_##actor##_rows) / sizeof(ths_row) \
	};

#define THS_ON(message, function) (ON, message, function)
#define THS_INIT(...) THS_ROW_FORM(INIT, __VA_ARGS__)
#define THS_START(...) THS_ROW_FORM(START, __VA_ARGS__)
#define THS_EXIT(function) (EXIT, exit, function)
#define THS_NEEDS(pairs) (NEEDS, needs, pairs)
#define THS_CHECK(function) (CHECK, check, function)

/* Every member that is zero means its default. */
typedef struct ths_spawn_options {
	ths_any start;    /* for one whose THS_INIT or THS_START asks for it */
	uint32_t mailbox_max; /* messages in its inbox, < 1048575; 0: as the
			       * VM's */
	const char *name;     /* that it is to have in the VM, see name.h;
			       * NULL: none */
	ths_map requirements; /* for its check, init and start to look at,
			       * see capability.h */
} ths_spawn_options;

/*
 * Starts an actor of this kind; the address is its for life.  The new actor
 * runs soon, on any worker; mail sent to it from now on waits for it.
 * options may be NULL.
 *
 * With a name there is one such actor at a time: if somebody has the name
 * already, his is the address and everything else in the call is ignored.  Who
 * asks while he is being made gets the same address, and can write to it at
 * once.  One who was spawned under a name is nobody's child: its parent is
 * nobody.  If its init or start fails, the name is free again.
 *
 * Returns THS_OK, THS_BAD_ARGUMENT (the actor's table, the options, an empty
 * name, or the start message missing or of another type), THS_TOO_LARGE,
 * THS_NO_MEMORY, THS_LIMIT (actors_max, names_max, or the name too long),
 * THS_UNFIT (the VM lacks a capability that the actor needs; the log, as a
 * warning, and ths_actor_fits() tell which), THS_STOPPED, THS_NOT_READY in an
 * init, or THS_WRONG_PLACE when this actor is ending: after ths_exit(), in its
 * exit, or while it waits for its children.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_spawn_child(ths_self *self,
    ths_address *address, const ths_actor *actor,
    const ths_spawn_options *options);

/*
 * Sends a message: ths_send(self, to, total, .value = 3).
 * Accepts every well-formed message and answers THS_OK: what cannot be placed
 * (nobody there, mailbox full, no memory) becomes a dead letter with a reason,
 * counted and logged.  Mail from one sender to one target keeps its order.
 * It is in the mailbox at the latest when the handler returns: what a handler
 * sends in a burst to an actor with much to do is put there together.
 * Returns THS_OK; THS_NOT_READY in an init, where nothing is sent;
 * THS_BAD_ARGUMENT for THS_NOBODY, which is no address (of one who is ending it
 * is a dead letter); or THS_BAD_ARGUMENT / THS_TOO_LARGE for a message that is
 * not well-formed.  One whose parts cannot be copied also comes back: the log
 * has an error, and the actor gets a ths_poison from the address that the
 * message was for, whose details tell why (thespis/failure.h).
 */
#define ths_send(self, to, ...) \
	ths_send_message((self), (to), THS_PAYLOAD(__VA_ARGS__))
THS_PUBLIC ths_status ths_send_message(ths_self *self, ths_address to,
    const ths_type *type, const void *message);

/*
 * As ths_send(), but refuses what it cannot place; then no message is counted,
 * only limits_hit, and none comes back.
 * Returns also THS_FULL, THS_GONE (no such place in this VM; a stale address
 * is only known to the receiving side and becomes a dead letter),
 * THS_NO_MEMORY and THS_NOT_READY.
 */
#define ths_try_send(self, to, ...) \
	ths_try_send_message((self), (to), THS_PAYLOAD(__VA_ARGS__))
THS_NODISCARD THS_PUBLIC ths_status ths_try_send_message(ths_self *self,
    ths_address to, const ths_type *type, const void *message);

/* Sends to whoever sent the message being handled; see ths_send().  An answer
 * to the runtime itself, whose messages come from nobody, is a dead letter. */
#define ths_reply(self, ...) \
	ths_reply_message((self), THS_PAYLOAD(__VA_ARGS__))
THS_PUBLIC ths_status ths_reply_message(ths_self *self, const ths_type *type,
    const void *message);

/* This actor's own address. */
THS_PUBLIC ths_address ths_me(const ths_self *self);

/*
 * Who sent the message being handled; nobody during init, start and exit.  For
 * a ths_call() it is a one-shot address: the first answer sent to it, by anyone
 * who was told it, is the call's answer.
 */
THS_PUBLIC ths_address ths_sender(const ths_self *self);

/* Who started this actor, though it may be gone; nobody for one started from
 * outside, or under a name. */
THS_PUBLIC ths_address ths_parent(const ths_self *self);

/*
 * Ends this actor after the handler that runs now, and its children before it:
 * see thespis/life.h.  Its exit runs, its state is freed, and mail still
 * waiting becomes dead letters.  During init it makes the init fail, and
 * nothing is logged of that.
 */
THS_PUBLIC void ths_exit(ths_self *self);

/* Prints a line to the VM's log, under the actor's name; nothing for what is
 * not a level from THS_LOG_DEBUG to THS_LOG_ERROR. */
THS_PUBLIC void ths_self_log(const ths_self *self, ths_log_level level,
    const char *format, ...) THS_PRINTF(3, 4);

/* --------------------------------------------------- how THS_ACTOR works */

#define THS_ROW_THUNK(context, row) \
	THS_ROW_CALL(THS_ROW_THUNK_, THS_UNWRAP context, THS_UNWRAP row)
#define THS_ROW_ENTRY(context, row) \
	THS_ROW_CALL(THS_ROW_ENTRY_, THS_UNWRAP context, THS_UNWRAP row)
#define THS_ROW_CALL(macro, ...) THS_ROW_CALL_(macro, __VA_ARGS__)
#define THS_ROW_CALL_(macro, actor, State, kind, message, function) \
	macro##kind(actor, State, message, function)

/* (INIT, function) or (INIT, message, function) as a row: which of the two, the
 * number of arguments says. */
#define THS_ROW_FORM(...) \
	THS_ROW_FORM_(__VA_ARGS__, THS_ROW_GIVEN, THS_ROW_ALONE, 0)(__VA_ARGS__)
#define THS_ROW_FORM_(a1, a2, a3, form, ...) form
#define THS_ROW_ALONE(kind, function) (kind##_ALONE, nothing, function)
#define THS_ROW_GIVEN(kind, message, function) (kind, message, function)

#define THS_ROW_THUNK_ON(actor, State, message, function) \
	static ths_status \
	ths_##actor##_on_##message(ths_self *ths_s, void *ths_state, \
	    const void *ths_m) \
	{ \
		return function(ths_s, (State *)ths_state, \
		    (const struct message *)ths_m); \
	}
#define THS_ROW_THUNK_INIT(actor, State, message, function) \
	THS_ROW_BEGIN_GIVEN(ths_##actor##_at_init, State, message, function)
#define THS_ROW_THUNK_INIT_ALONE(actor, State, message, function) \
	THS_ROW_BEGIN_ALONE(ths_##actor##_at_init, State, function)
#define THS_ROW_THUNK_START(actor, State, message, function) \
	THS_ROW_BEGIN_GIVEN(ths_##actor##_at_start, State, message, function)
#define THS_ROW_THUNK_START_ALONE(actor, State, message, function) \
	THS_ROW_BEGIN_ALONE(ths_##actor##_at_start, State, function)
#define THS_ROW_BEGIN_GIVEN(thunk, State, message, function) \
	static ths_status \
	thunk(ths_self *ths_s, void *ths_state, const void *ths_m) \
	{ \
		return function(ths_s, (State *)ths_state, \
		    (const struct message *)ths_m); \
	}
#define THS_ROW_BEGIN_ALONE(thunk, State, function) \
	static ths_status \
	thunk(ths_self *ths_s, void *ths_state, const void *ths_m) \
	{ \
		(void)ths_m; \
		return function(ths_s, (State *)ths_state); \
	}
#define THS_ROW_THUNK_EXIT(actor, State, message, function) \
	static void \
	ths_##actor##_at_exit(ths_self *ths_s, void *ths_state) \
	{ \
		function(ths_s, (State *)ths_state); \
	}
#define THS_ROW_THUNK_NEEDS(actor, State, message, pairs)
#define THS_ROW_THUNK_CHECK(actor, State, message, function)
#define THS_ROW_ENTRY_ON(actor, State, message, function) \
	{ THS_ROW_ON, &message##_type, ths_##actor##_on_##message, 0, 0, 0, 0 },
#define THS_ROW_ENTRY_INIT(actor, State, message, function) \
	{ THS_ROW_INIT, &message##_type, ths_##actor##_at_init, 0, 0, 0, 0 },
#define THS_ROW_ENTRY_INIT_ALONE(actor, State, message, function) \
	{ THS_ROW_INIT, 0, ths_##actor##_at_init, 0, 0, 0, 0 },
#define THS_ROW_ENTRY_START(actor, State, message, function) \
	{ THS_ROW_START, &message##_type, ths_##actor##_at_start, 0, 0, 0, 0 },
#define THS_ROW_ENTRY_START_ALONE(actor, State, message, function) \
	{ THS_ROW_START, 0, ths_##actor##_at_start, 0, 0, 0, 0 },
#define THS_ROW_ENTRY_EXIT(actor, State, message, function) \
	{ THS_ROW_EXIT, 0, 0, ths_##actor##_at_exit, 0, 0, 0 },
#define THS_ROW_ENTRY_NEEDS(actor, State, message, pairs) \
	{ THS_ROW_NEEDS, 0, 0, 0, pairs, sizeof(pairs) / sizeof(ths_pair), 0 },
#define THS_ROW_ENTRY_CHECK(actor, State, message, function) \
	{ THS_ROW_CHECK, 0, 0, 0, 0, 0, function },

#ifdef __cplusplus
}
#endif
#endif
