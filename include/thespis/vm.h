/* SPDX-License-Identifier: MIT */
/*
 * vm - one running instance of the runtime; a process may hold several.
 *
 * Life: ths_vm_start(), work, ths_vm_stop(), ths_vm_free().
 *
 * Threads: start and free by one thread; everything else by any thread that is
 * not inside a handler (there the functions that take a ths_self are used; the
 * others answer THS_WRONG_PLACE).
 *
 * The library keeps no state outside the VM, installs no signal handler, starts
 * no thread before ths_vm_start() and leaves none after ths_vm_stop().  Join
 * the threads that used a VM before you free it.  After fork() only the parent
 * may use it.
 */
#ifndef THESPIS_VM_H
#define THESPIS_VM_H

#include "thespis/actor.h"
#include "thespis/log.h"
#include "thespis/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ths_vm ths_vm;

typedef enum ths_mode {
	THS_MODE_LOCAL,  /* worker threads of the VM's own */
	THS_MODE_INLINE, /* no threads: whoever calls pumps; see ths_vm_run() */
} ths_mode;

enum { THS_WORKERS_MAX = 256, THS_SPARES_MAX = 64 };

/* As spares_max: there is to be none. */
#define THS_SPARES_NONE UINT32_MAX

/* Where the VM gets its memory.  Both functions may be called by any thread. */
typedef struct ths_allocator {
	/* Returns size bytes aligned to alignment (a power of two), or NULL;
	 * what is not aligned is given back and taken for NULL. */
	void *(*alloc)(void *context, size_t size, size_t alignment);
	/* Takes back what alloc returned, with the same size and alignment. */
	void (*free)(void *context, void *pointer, size_t size,
	    size_t alignment);
	void *context;
} ths_allocator;

/* Every member that is zero means its default, so `{ 0 }` is the default VM. */
typedef struct ths_vm_config {
	ths_mode mode;
	uint32_t workers;      /* 0: one per usable core; <= THS_WORKERS_MAX */
	bool pin;              /* ties worker n to the n-th usable core */
	uint32_t slice_max;    /* messages in one slice; 0: 65536 */
	ths_duration slice_ns; /* time in one slice, looked at every 128
				* messages; 0: 1 ms */
	ths_duration sentinel_ns; /* between looks after workers whose handler
				* stays: what waits behind it, and is not its
				* actor's own, goes to another worker after
				* two of them; 0: 10 ms */
	uint32_t spares_max;   /* workers that stand in for those whose handler
				* stays, when no other is idle; their threads
				* are started when they are first needed; 0: 8,
				* and with one worker none; THS_SPARES_NONE:
				* none; <= THS_SPARES_MAX */
	ths_duration long_handler_ns; /* a handler that has stayed so long is
				* told of once, by a warning in the log and in
				* the status; local only; 0: 100 ms */
	uint32_t spin_max;     /* looks for work before parking; 0: 2000 */
	uint32_t actors_max;   /* alive at once, and clients, and calls under
				* way; 0: 16777216 */
	uint32_t timers_max;   /* set at once, per worker; 0: 16777216 */
	uint32_t names_max;    /* held at once, see name.h; 0: 65536; <= 2^24 */
	uint32_t name_monitors_max; /* at once, see name.h; 0: 1048576 */
	uint32_t kinds_max;    /* known by name, see kind.h; 0: 65536;
				* <= 2^24 */
	uint32_t kept_max;     /* messages that one actor keeps, see keep.h; 0:
				* 65536; <= 2^30 */
	uint32_t stash_max;    /* messages that one actor puts aside, see
				* become.h; 0: 65536 */
	uint32_t calls_max;    /* answers that one actor waits for, see call.h;
				* 0: 65536 */
	uint32_t relations_max; /* monitors and links that one actor has made,
				* see monitor.h and link.h; 0: 1048576 */
	uint32_t mailbox_max;  /* messages in one inbox, below 1048575; what a
				* slice has taken does not count; 0: no limit
				* but memory */
	size_t memory_max;     /* bytes of the VM in all; 0: no limit */
	size_t message_max;    /* bytes of one message with its parts and blobs;
				* 0: 1 GiB */
	size_t blob_bytes_max; /* bytes of all blobs, those of messages larger
				* than a block included; 0: no limit but
				* memory_max */
	uint64_t seed;         /* for the VM's random numbers; 0: drawn */
	ths_map capabilities;  /* what it offers, see capability.h; copied */
	const ths_allocator *allocator; /* NULL: the system's memory */
	ths_log_function log;  /* NULL: standard error */
	void *log_context;
	ths_log_level log_level;
	uint32_t log_lines_max; /* waiting while another thread is in `log`, see
				* log.h; 0: 512; <= 2^20 */
	/* inline only: called when work has come from outside and nobody is
	 * inside to run it, or when a thread that was inside leaves work, or a
	 * timer nearer than the host was told of; any thread, now and then
	 * for nothing; must not call the VM.  See ths_vm_run(). */
	void (*wake)(void *context);
	void *wake_context;
} ths_vm_config;

/*
 * Starts a VM.  config may be NULL.  On success the caller owns *vm.
 * Returns THS_OK, THS_BAD_ARGUMENT (logged with the member's name), THS_LIMIT
 * or THS_TOO_LARGE (more capabilities than there may be, or larger; logged),
 * THS_NO_MEMORY or THS_SYSTEM (no thread to be had, or no thread-specific key:
 * a process has about a thousand, a VM takes one); that is logged, too.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_vm_start(ths_vm **vm,
    const ths_vm_config *config);

/*
 * Ends a VM: nothing more is taken from outside (tells, spawns and calls answer
 * THS_STOPPED, blocked callers wake with it) and no actor spawns; every actor
 * handles the mail it has, then runs its exit; the workers end.  Waits at most
 * timeout for the actors, then ends them without the rest of their mail, which
 * becomes dead letters.  Any number of calls, from any thread outside handlers:
 * the later ones wait for the first.
 * Returns THS_OK, THS_TIMEOUT (ended, but actors or mail were left when the
 * time was over, or there was no memory to ask them; with a timeout of 0 that
 * is usual), THS_WRONG_PLACE.  A handler that never returns is waited for.
 */
THS_PUBLIC ths_status ths_vm_stop(ths_vm *vm, ths_duration timeout);

/*
 * Begins the stop from inside a handler, and does not wait: from now on nothing
 * new comes in, whoever waits outside wakes with THS_STOPPED, and every actor
 * is asked to exit behind the mail it has, this one, too.  The host still calls
 * ths_vm_stop(), which then waits for what is left, and ends the workers; until
 * it does it may wait in ths_listen().  Of a VM that is stopping: without
 * effect.  Returns THS_OK, or THS_NOT_READY in an init.
 */
THS_PUBLIC ths_status ths_self_stop_vm(ths_self *self);

/*
 * Frees a VM and everything in it; stops it first, with a timeout of zero, if
 * that was not done.  No other thread may be using it.  NULL is fine.  From
 * inside a handler nothing is freed, and the log says so.
 */
THS_PUBLIC void ths_vm_free(ths_vm *vm);

/* Starts an actor from outside; see ths_spawn_child() for the rest. */
THS_NODISCARD THS_PUBLIC ths_status ths_spawn(ths_vm *vm, ths_address *address,
    const ths_actor *actor, const ths_spawn_options *options);

/* ----------------------------------------------------------- inline mode */

/*
 * Runs a VM of THS_MODE_INLINE in the calling thread until nothing is ready,
 * timers that are due included, or `limit` slices have run (0: no limit).
 * Never blocks.  Returns how many slices ran; 0 as well when another thread is
 * pumping.  A host with an event loop of its own calls this when its loop is
 * woken by `wake`, or when ths_vm_next_deadline() has passed.
 */
THS_PUBLIC uint64_t ths_vm_run(ths_vm *vm, uint64_t limit);

/*
 * How long until the next timer of an inline VM is due: 0 when work is ready
 * now, THS_FOREVER when nothing will happen by itself, or another thread is
 * pumping what is due: should that one leave something, it calls `wake`.
 */
THS_PUBLIC ths_duration ths_vm_next_deadline(ths_vm *vm);

/* ------------------------------------------------------------------ time */

/* The date, by the VM's wall clock, as ths_wall_clock() has it; 0 of no VM.  Any
 * thread, also inside handlers (with ths_self_vm()), until the VM is freed. */
THS_PUBLIC ths_time ths_vm_wall_clock(const ths_vm *vm);

/* -------------------------------------------------------------- settings */

/*
 * Changes a setting of a running VM, or reads it:
 *   "log_level"    a ths_log_level; from now on
 *   "mailbox_max"  as in the configuration; for actors and clients made from
 *                  now on
 * Any thread, also inside handlers (with ths_self_vm()).  Returns THS_OK,
 * THS_UNKNOWN (there is no such setting), THS_BAD_ARGUMENT (no VM, or a value
 * that the configuration would not take).
 */
THS_NODISCARD THS_PUBLIC ths_status ths_vm_setting_set(ths_vm *vm,
    const char *name, int64_t value);
THS_NODISCARD THS_PUBLIC ths_status ths_vm_setting_get(const ths_vm *vm,
    const char *name, int64_t *value);

/* ---------------------------------------------------------------- status */

/* Why a message could not be delivered; thespis/dead.h tells an actor of it. */
#define THS_DEAD_TABLE(ROW) \
	ROW(THS_DEAD_NOBODY, "no such place in this VM") \
	ROW(THS_DEAD_STALE, "the actor of that address is gone") \
	ROW(THS_DEAD_EXITED, "the actor ended with mail waiting") \
	ROW(THS_DEAD_FULL, "the mailbox was full") \
	ROW(THS_DEAD_NO_MEMORY, "no memory for the message") \
	ROW(THS_DEAD_UNHANDLED, "the actor has no handler for the type") \
	ROW(THS_DEAD_FOREIGN, "the address belongs to another VM") \
	ROW(THS_DEAD_LATE, "the answer came after its call had ended") \
	ROW(THS_DEAD_STOPPED, "the VM was stopping")

typedef enum ths_dead_reason {
#define THS_DEAD_ENUM(name, text) name,
	THS_DEAD_TABLE(THS_DEAD_ENUM)
#undef THS_DEAD_ENUM
	THS_DEAD_COUNT
} ths_dead_reason;

/* The text of a reason.  Never NULL. */
THS_PUBLIC const char *ths_dead_reason_text(ths_dead_reason reason);

typedef struct ths_worker_status {
	uint64_t slices;   /* tasks run */
	uint64_t messages; /* given to handlers */
	uint64_t steals;   /* tasks taken from other workers */
	uint64_t parks;
	uint64_t wakes;    /* other workers woken by this one */
	uint64_t busy_ns;  /* time not parked and not searching */
} ths_worker_status;

/*
 * Counts since the start.  Read while the VM runs they are each true of a
 * moment, not of the same moment; after ths_vm_stop() they obey
 * accepted = handled + dead + absorbed.
 */
typedef struct ths_vm_status {
	uint64_t actors;   /* alive now */
	uint64_t spawned;
	uint64_t unborn;   /* of those spawned: init or start failed */
	uint64_t exited;
	uint64_t accepted; /* messages taken for delivery */
	uint64_t handled;  /* given to a handler or to an outside caller */
	uint64_t failed;   /* of those handled: the handler failed, and failed
			    * again if it was given another chance */
	uint64_t retried;  /* of those handled: given to the handler again */
	uint64_t poisoned; /* of those failed: the sender was told */
	uint64_t absorbed; /* taken back by the runtime: cancelled wake-ups,
			    * exit requests and notices nobody handles */
	uint64_t dead[THS_DEAD_COUNT];
	uint64_t queued;   /* accepted and not yet accounted for */
	uint64_t timers;   /* set now */
	uint64_t names;    /* held now */
	uint64_t name_monitors; /* of names, now */
	uint64_t clients;  /* open now, default ones included */
	uint64_t memory;   /* bytes held by the VM now */
	uint64_t blobs;    /* that somebody holds now, see blob.h */
	uint64_t blob_bytes; /* theirs; of `memory` */
	uint64_t limits_hit; /* calls refused by a limit */
	uint64_t log_lost; /* lines that found no room, see log.h */
	uint64_t long_handlers; /* calls of handlers that have stayed for
			    * long_handler_ns */
	uint64_t relieved; /* tasks that waited behind a handler that stayed,
			    * and were given to other workers */
	uint64_t spares_limited; /* workers whose handler stayed, and spares_max
			    * did not allow that one stands in for them */
	uint64_t spares_failed; /* threads for a spare worker not to be had */
	uint32_t spares;   /* standing in now */
	uint32_t spares_most; /* that did so at once */
	uint32_t workers;
	bool is_stopping;  /* or has stopped */
	ths_address undertaker; /* who gets dead letters; nobody: no one */
} ths_vm_status;

/* Fills status.  Any thread, also inside handlers (with ths_self_vm()). */
THS_PUBLIC void ths_vm_status_read(const ths_vm *vm, ths_vm_status *status);

/* Fills status for worker `index`, spares that have been needed behind the others;
 * returns false when there is none. */
THS_PUBLIC bool ths_vm_worker_status_read(const ths_vm *vm, uint32_t index,
    ths_worker_status *status);

/*
 * Prints the VM's status as a table of text into a buffer of size bytes, cut if
 * it does not fit.  Returns what a large enough buffer would take, NUL
 * excluded. thespis/inspect.h has other forms, and what there is to know of
 * each actor.
 */
THS_PUBLIC size_t ths_vm_status_print(const ths_vm *vm, char *buffer,
    size_t size);

/* The VM that runs this actor. */
THS_PUBLIC ths_vm *ths_self_vm(const ths_self *self);

#ifdef __cplusplus
}
#endif
#endif
