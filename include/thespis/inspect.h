/* SPDX-License-Identifier: MIT */
/*
 * inspect - what the actors of a VM are doing now.
 *
 * Read without stopping anybody, and without anybody's help: an actor whose
 * handler runs for ever is told of as any other.  What is read of one actor is
 * of one life of one address: it is that actor's, or the answer is THS_GONE.
 * Its numbers are each true of a moment, not of the same one.
 *
 *     ths_actor_status status;
 *     char text[THS_REPORT_SIZE];
 *
 *     if (ths_actor_status_read(vm, address, &status) == THS_OK) {
 *         ths_actor_report(&status, NULL, text, sizeof(text));
 *         fputs(text, stdout);
 *     }
 *
 * Threads: any, also inside handlers (with ths_self_vm()), and whatever state
 * the VM is in; ths_vm_dump() from a signal handler, too.
 *
 * Cost: a list, or the children and timers of one actor, look at every place
 * where an actor of this VM ever lived, or a timer was set.
 */
#ifndef THESPIS_INSPECT_H
#define THESPIS_INSPECT_H

#include "thespis/name.h"
#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One actor. */
typedef struct ths_actor_status {
	ths_address address;
	const char *kind;    /* as THS_ACTOR named it; lasts as long as the
			      * VM */
	ths_address parent;  /* who started it; nobody: from outside, or by
			      * name */
	char name[THS_NAME_LENGTH_MAX + 1]; /* one of its names; "": none */
	uint32_t names;
	uint32_t children;   /* that have not ended */
	uint32_t timers;     /* wake-ups set and not handled */
	uint32_t mailbox;    /* messages waiting, the one being handled included
			      * (and those handled before it in one slice); of
			      * what a slice took, 65535 at most are counted */
	uint64_t handled;    /* messages met, up to its last slice */
	uint32_t failed;     /* of those, failed for good; 65535: or more */
	bool is_exiting;     /* waits for its children, or runs its exit */
	bool is_ready;       /* runs, or waits for a worker */
} ths_actor_status;

/* Fills status.  Returns THS_OK, THS_GONE (nobody lives there, or a client) or
 * THS_BAD_ARGUMENT. */
THS_NODISCARD THS_PUBLIC ths_status ths_actor_status_read(const ths_vm *vm,
    ths_address address, ths_actor_status *status);

/*
 * Asks for the same by mail: ths_send(self, whom, ths_status_request), or from
 * outside ths_call(vm, whom, timeout, ths_status_request).  The runtime answers
 * at once with a ths_status_report that comes from the actor, though its
 * handler run for ever; the actor never sees the request, even if it has a
 * handler for it.  One to nobody, or to a client, is a dead letter.
 */
THS_SIGNAL(ths_status_request)

/* What a ths_actor_status has.  Only the runtime sends it. */
THS_MESSAGE(ths_status_report,
    THS_FIELD(ths_address, about),
    THS_FIELD(ths_string, kind),
    THS_FIELD(ths_address, parent),
    THS_FIELD(ths_string, name),
    THS_FIELD(uint32_t, names),
    THS_FIELD(uint32_t, children),
    THS_FIELD(uint32_t, timers),
    THS_FIELD(uint32_t, mailbox),
    THS_FIELD(uint64_t, handled),
    THS_FIELD(uint32_t, failed),
    THS_FIELD(bool, is_exiting),
    THS_FIELD(bool, is_ready))

/* Copies the addresses of at most `max` living actors, in the order of their
 * slots; returns how many there are.  actors may be NULL when max is 0. */
THS_PUBLIC size_t ths_vm_actors(const ths_vm *vm, ths_address *actors,
    size_t max);

/* The same for the living children of one actor; those of nobody are the actors
 * that were started from outside, or under a name. */
THS_PUBLIC size_t ths_actor_children(const ths_vm *vm, ths_address parent,
    ths_address *children, size_t max);

/* A wake-up that is set and not handled. */
typedef struct ths_timer_status {
	ths_address owner;
	ths_duration left;   /* until it is due; 0: it is; THS_FOREVER: never */
	ths_duration period; /* 0: it wakes once */
} ths_timer_status;

/* Copies at most `max` wake-ups of living actors, in no order; returns how many
 * there are.  timers may be NULL when max is 0. */
THS_PUBLIC size_t ths_vm_timers(const ths_vm *vm, ths_timer_status *timers,
    size_t max);

/* The same for those of one actor; none if it lives no more. */
THS_PUBLIC size_t ths_actor_timers(const ths_vm *vm, ths_address owner,
    ths_timer_status *timers, size_t max);

/* One of the last dead letters. */
typedef struct ths_dead_status {
	const ths_type *type; /* of the message */
	ths_address to;       /* whom it was meant for */
	ths_address from;     /* who had sent it; nobody: the runtime, or that
			       * is not known */
	ths_dead_reason reason;
	ths_duration age;     /* since it died */
} ths_dead_status;

enum { THS_DEAD_LETTERS_KEPT = 32 };

/*
 * Copies at most `max` of the VM's last dead letters, the newest first; returns
 * how many there are, at most THS_DEAD_LETTERS_KEPT.  One that dies at the same
 * moment may be missing.  letters may be NULL when max is 0.
 */
THS_PUBLIC size_t ths_vm_dead_letters(const ths_vm *vm,
    ths_dead_status *letters, size_t max);

/* ----------------------------------------------------------------- reports */

enum { THS_REPORT_TIMERS = 32 }; /* wake-ups listed in the report of a VM */

enum { THS_REPORT_SIZE = 2048 }; /* room for the report of one actor */

typedef enum ths_report_form {
	THS_REPORT_TEXT, /* lines for a person: the value, then what it is */
	THS_REPORT_JSON, /* one object on one line */
} ths_report_form;

/* Every member that is zero means its default. */
typedef struct ths_report_options {
	ths_report_form form;
	/* Prints an address in the host's own way into text, and returns text;
	 * NULL: ths_address_print(). */
	char *(*address)(void *context, ths_address address,
	    char text[THS_ADDRESS_TEXT_SIZE]);
	void *context;
} ths_report_options;

/*
 * Prints the status of one actor, or of the whole VM with its last dead
 * letters, nearest wake-ups, capabilities, names and workers, into a buffer of
 * size bytes, cut if it does not fit.  Every line ends with a newline.  options
 * may be NULL.  Returns what a large enough buffer would take, NUL excluded.
 */
THS_PUBLIC size_t ths_actor_report(const ths_actor_status *status,
    const ths_report_options *options, char *buffer, size_t size);
THS_PUBLIC size_t ths_vm_report(const ths_vm *vm,
    const ths_report_options *options, char *buffer, size_t size);

/*
 * Writes what the VM and its workers do, its nearest wake-ups, and a line for
 * each actor, as text to a file descriptor.  Allocates nothing, takes no lock
 * and leaves errno alone, so a signal handler of the host's may call it, while
 * every worker is stuck:
 *
 *     static ths_vm *vm;
 *     static void on_signal(int number) { ths_vm_dump(vm, STDERR_FILENO); }
 *     ...
 *     signal(SIGUSR1, on_signal);
 *
 * The library installs no signal handler.  The VM must not be freed meanwhile.
 */
THS_PUBLIC void ths_vm_dump(const ths_vm *vm, int descriptor);

#ifdef __cplusplus
}
#endif
#endif
