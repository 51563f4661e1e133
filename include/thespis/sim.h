/* SPDX-License-Identifier: MIT */
/*
 * sim - a world for VMs: simulated threads in one real one, a clock that jumps,
 * and every choice from one seed.
 *
 *     ths_sim *sim = ths_sim_new(&(ths_sim_config){ .seed = 7 });
 *     ths_vm *vm = ths_sim_vm(sim, NULL);
 *     ths_address counter;
 *
 *     if (ths_spawn(vm, &counter, &counter_actor, NULL) == THS_OK)
 *         ths_tell(vm, counter, add, .amount = 42);
 *     ths_sim_run(sim);
 *     printf("%" PRIu64 " in flight\n", ths_sim_in_flight(sim));
 *     ths_sim_free(sim);
 *
 * A VM in a world is the very VM of a process, with the world's clock, sleep
 * and choices for ports.  Its workers are simulated threads, and so are the
 * host's threads that ths_sim_thread() starts.  Between the steps of every
 * lock-free protocol the *picker* may leave one for another.  Time stands
 * still while anybody can run, but for a nanosecond at each such point; when
 * nobody can, it jumps to the next deadline: an idle day takes no time.
 * The wall clock of its VMs, ths_wall_clock(), begins with the year 2001, and
 * jumps if faults are to.
 *
 * Who calls ths_sim_new() is *home*.  Home may do all that a thread of the host
 * may: when it waits, in ths_call() or ths_vm_stop(), the world goes on until
 * its wait is over.  Otherwise the world stands still while home runs.
 *
 * The same seed, with the same configuration and program, gives the same run:
 * ths_sim_signature() is a digest of it, the same on any machine, in any build.
 *
 * In each run the world checks what must always hold (docs/simulator.md lists
 * it); the first breach, or ths_sim_fail(), ends the run: whoever it happened
 * to never goes on, and ths_sim_why() tells what it was.
 *
 * A program is linked with libthespis_sim, which has all of libthespis and
 * this header's functions; never with both.
 *
 * Threads: a world, its VMs and everything in them belong to one real thread.
 * Limits: THS_SIM_THREADS_MAX threads alive at once, workers included.
 */
#ifndef THESPIS_SIM_H
#define THESPIS_SIM_H

#include "thespis/client.h"
#include "thespis/vm.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
	THS_SIM_THREADS_MAX = 64,
	THS_SIM_WORKERS_MAX = 16, /* of one VM */
};

typedef struct ths_sim ths_sim;

/*
 * Who decides which thread goes on:
 *
 *   THS_SIM_RANDOM       any, at points that are far apart or near by the seed;
 *                        in part of the seeds by ranks, in part with threads
 *                        that stand still for long
 *   THS_SIM_PCT          the one with the highest rank, drawn at its start; at
 *                        `depth` - 1 points of the run the running one falls
 *                        behind all others
 *   THS_SIM_ROUND_ROBIN  each in turn, for a number of points drawn once
 *   THS_SIM_REPLAY       as a schedule says that an earlier run has recorded
 *
 * Source of THS_SIM_PCT: S. Burckhardt et al., "A Randomized Scheduler with
 * Probabilistic Guarantees of Finding Bugs" (2010).
 */
typedef enum ths_sim_picker {
	THS_SIM_RANDOM,
	THS_SIM_PCT,
	THS_SIM_ROUND_ROBIN,
	THS_SIM_REPLAY,
	THS_SIM_PICKERS /* how many there are */
} ths_sim_picker;

/* The name of a picker, as thespis-sim takes it: "random", "pct",
 * "round-robin", "replay". */
THS_PUBLIC const char *ths_sim_picker_name(ths_sim_picker picker);

/*
 * One decision that was not the usual one.  Usually a thread goes on until it
 * waits or spins, and then the next in the order of their starts that can; and
 * a worker chooses as it does in a process.
 */
typedef struct ths_sim_decision {
	uint32_t thread; /* that was left, or that chose; 0: home */
	uint32_t is_choice;
	uint64_t step;   /* of that thread: points passed, or choices made */
	uint32_t value;  /* the thread that goes on, or what is chosen */
	uint32_t unused;
} ths_sim_decision;

/* The decisions of a run, sorted by thread, is_choice and step; of each place
 * one at most. */
typedef struct ths_sim_schedule {
	const ths_sim_decision *items;
	size_t length;
} ths_sim_schedule;

/* A size of a program's, as whoever explores wants it; ths_sim_parameter(). */
typedef struct ths_sim_setting {
	const char *name;
	uint64_t value;
} ths_sim_setting;

/*
 * What may go wrong in a world.  Each kind has its occasions, and a random
 * stream of its own, drawn from the seed; the n-th occasion strikes (KIND_at),
 * and one in so many (KIND_one_in).  0: never.
 *
 *   kind     an occasion is                  if it strikes
 *   memory   an allocation of a VM, or that  it is refused
 *            it takes an envelope
 *   handler  a handler, or the function of   it fails, "simulated fault",
 *            a call, is about to be called;  instead of running
 *            a second attempt is another
 *   slow     the same                        up to slow_max goes by before it
 *   late     that the time has come for a    it sleeps up to late_max longer:
 *            thread that sleeps until then,  timers and time-outs come late,
 *            as a worker until its next      never early
 *            timer
 *   death    that a mortal thread begins a   it ends there, and its default
 *            call that needs a client        client with it; ths_sim_mortal()
 *   call     a ths_call(), or                it is refused, THS_NO_MEMORY
 *            ths_call_from()
 *   timer    that a timer is set             the same
 *   wall     that somebody reads the wall    the date jumps by up to wall_max
 *            clock of a VM                   either way, for all VMs, and goes
 *                                            on from there
 *
 * What the library itself brings along, a supervisor, has no handlers that
 * fail.  Home is spared, and so is what an inline VM does while home drives it.
 */
typedef struct ths_sim_faults {
	uint64_t memory_at;
	uint64_t handler_at;
	uint64_t slow_at;
	uint64_t late_at;
	uint64_t death_at;
	uint64_t call_at;
	uint64_t timer_at;
	uint64_t wall_at;
	ths_duration slow_max; /* 0: 1 ms */
	ths_duration late_max; /* 0: 1 ms */
	ths_duration wall_max; /* 0: 1 day */
	uint32_t memory_one_in;
	uint32_t handler_one_in;
	uint32_t slow_one_in;
	uint32_t late_one_in;
	uint32_t death_one_in;
	uint32_t call_one_in;
	uint32_t timer_one_in;
	uint32_t wall_one_in;
} ths_sim_faults;

typedef enum ths_sim_fault {
	THS_SIM_FAULT_MEMORY,
	THS_SIM_FAULT_HANDLER,
	THS_SIM_FAULT_SLOW,
	THS_SIM_FAULT_LATE,
	THS_SIM_FAULT_DEATH,
	THS_SIM_FAULT_CALL,
	THS_SIM_FAULT_TIMER,
	THS_SIM_FAULT_WALL,
	THS_SIM_FAULT_KINDS /* how many there are */
} ths_sim_fault;

/* Every member that is zero means its default; what a member points to lasts as
 * long as the world. */
typedef struct ths_sim_config {
	uint64_t seed;
	ths_sim_picker picker;
	uint32_t depth;       /* THS_SIM_PCT: bugs of this many orderings; 0: 3 */
	uint64_t points_max;  /* of a run; 0: 10 million */
	size_t stack_size;    /* bytes, per thread; 0: 64 KiB, more under a
			       * sanitizer */
	bool records;         /* keeps the schedule; ths_sim_recorded() */
	ths_sim_schedule schedule; /* for THS_SIM_REPLAY */
	const ths_sim_setting *settings;
	size_t settings_length;
	ths_sim_faults faults;
} ths_sim_config;

/* How a stretch of a run has ended. */
typedef enum ths_sim_end {
	THS_SIM_DONE,   /* every thread has returned */
	THS_SIM_QUIET,  /* nobody can run, now or ever, or before the time */
	THS_SIM_TRUE,   /* what was waited for is so */
	THS_SIM_LIMIT,  /* points_max: a livelock, or a long run */
	THS_SIM_FAILED, /* see ths_sim_why() */
} ths_sim_end;

/* ------------------------------------------------------------------- worlds */

/* Makes a world; config may be NULL.  NULL: there is no memory, or config has a
 * picker that there is not, or a schedule that is not sorted. */
THS_NODISCARD THS_PUBLIC ths_sim *ths_sim_new(const ths_sim_config *config);

/*
 * Ends a world: stops its VMs that have not been stopped, checks that nothing is
 * left of them, and frees them.  Returns THS_SIM_DONE, or THS_SIM_FAILED.
 *
 * A world that has failed stops nothing and checks nothing: its threads end
 * where they stand, and all the memory that its VMs hold goes back to where it
 * came from, their allocators if they have such.  Clients, mail and blobs of
 * those VMs are gone with it.  What handlers and threads of the host's own had
 * from elsewhere (a malloc, a file) stays as they have left it.
 * NULL is fine.
 */
THS_PUBLIC ths_sim_end ths_sim_free(ths_sim *sim);

/*
 * Starts a VM in a world; config as for ths_vm_start(), NULL too, but: 0 workers
 * are 2, a seed of 0 is drawn from the world's, spin_max of 0 is 2.  It may
 * be stopped by ths_vm_stop(), and is freed with the world, not by
 * ths_vm_free().  NULL: ths_sim_why() tells.
 */
THS_NODISCARD THS_PUBLIC ths_vm *ths_sim_vm(ths_sim *sim,
    const ths_vm_config *config);

/*
 * Starts a thread of the host that runs function(argument).  name lasts as long
 * as the world.  It is a failure of the run if there is no memory for it.
 * Home, or a thread of the world.
 */
THS_PUBLIC void ths_sim_thread(ths_sim *sim, const char *name,
    void (*function)(void *argument), void *argument);

/* ------------------------------------------------------------------ running */

/* Runs until nobody can without time going by.  Home. */
THS_PUBLIC ths_sim_end ths_sim_run(ths_sim *sim);

/* Lets time go by, and runs whoever has something to do meanwhile.  Home. */
THS_PUBLIC ths_sim_end ths_sim_run_for(ths_sim *sim, ths_duration span);

/*
 * Runs, and lets time go by as need be, until is_so(context), which is asked
 * after each message and may look but not wait.  THS_SIM_QUIET: it will never
 * be.  Home.
 */
THS_PUBLIC ths_sim_end ths_sim_run_until(ths_sim *sim,
    bool (*is_so)(void *context), void *context);

/* Runs, time going by, until one more message was handled: THS_SIM_TRUE.
 * Home. */
THS_PUBLIC ths_sim_end ths_sim_step(ths_sim *sim);

/* Runs to the end: until every thread has returned.  If some wait for ever the
 * run has failed.  Home. */
THS_PUBLIC ths_sim_end ths_sim_finish(ths_sim *sim);

/* Lets time go by for the calling thread, not home. */
THS_PUBLIC void ths_sim_sleep(ths_sim *sim, ths_duration span);

/* The world's time, in nanoseconds; it begins at 1. */
THS_PUBLIC ths_duration ths_sim_now(const ths_sim *sim);

/* A number below n, n > 0, out of the world's seed, for what runs in it. */
THS_PUBLIC uint32_t ths_sim_random(ths_sim *sim, uint32_t n);

/* ------------------------------------------------------------------ looking */

/* Messages accepted by the VMs of the world that have not been met. */
THS_PUBLIC uint64_t ths_sim_in_flight(const ths_sim *sim);

/* Messages handled so far: by actors, and given to callers outside. */
THS_PUBLIC uint64_t ths_sim_handled(const ths_sim *sim);

/* One message that waits; what it points to lasts until the world goes on. */
typedef struct ths_sim_message {
	ths_address from; /* nobody: from the runtime */
	const ths_type *type;
	const void *message;
} ths_sim_message;

/*
 * The messages that wait in a mailbox, the oldest first: fills at most max of
 * messages, and returns how many wait.  Of an actor or a client; 0 for nobody.
 * What an actor has taken to handle it in one go is its own until it has; so
 * look when the world is quiet, or after a step.  Home.
 */
THS_PUBLIC size_t ths_sim_mailbox(ths_sim *sim, ths_address whom,
    ths_sim_message *messages, size_t max);

/* Sends a message as if `from` had: THS_OK, or as ths_tell(). */
#define ths_sim_inject(sim, from, to, ...) \
	ths_sim_inject_message((sim), (from), (to), THS_PAYLOAD(__VA_ARGS__))
THS_PUBLIC ths_status ths_sim_inject_message(ths_sim *sim, ths_address from,
    ths_address to, const ths_type *type, const void *message);

/* A digest of all that has happened so far. */
THS_PUBLIC uint64_t ths_sim_signature(const ths_sim *sim);

/* The decisions so far of a world that records; they last until it goes on. */
THS_PUBLIC ths_sim_schedule ths_sim_recorded(ths_sim *sim);

/* ------------------------------------------------------------------ failing */

/* Ends the run with this failure, unless it has failed already: a simulated
 * thread never returns from here, home does. */
THS_PUBLIC void ths_sim_fail(ths_sim *sim, const char *file, int line,
    const char *format, ...) THS_PRINTF(4, 5);

/* Fails the run unless x is so. */
#define THS_SIM_CHECK(sim, x) \
	((x) ? (void)0 : ths_sim_fail((sim), __FILE__, __LINE__, \
	    "not so: %s", #x))

/* Why the run has failed; NULL: it has not. */
THS_PUBLIC const char *ths_sim_why(const ths_sim *sim);

/* ------------------------------------------------------------------- faults */

/* Has other faults from now on: the n-th occasions are counted anew, the random
 * streams go on.  Home, or a thread of the world. */
THS_PUBLIC void ths_sim_faults_set(ths_sim *sim, const ths_sim_faults *faults);

/* Has the n-th handler of this actor from now on fail; 1 is the next one, and a
 * second attempt is one more.  THS_OK, THS_BAD_ARGUMENT (n is 0) or
 * THS_LIMIT (16 at once).  Home, or a thread of the world. */
THS_PUBLIC ths_status ths_sim_fail_handler(ths_sim *sim, ths_address actor,
    uint64_t n);

/* Lets the calling thread, not home, end by a fault from now on, or no more.
 * What it holds then nobody gives back. */
THS_PUBLIC void ths_sim_mortal(ths_sim *sim, bool is_mortal);

/* How often there was an occasion for a fault so far, and how often one
 * struck. */
THS_PUBLIC uint64_t ths_sim_occasions(const ths_sim *sim, ths_sim_fault kind);
THS_PUBLIC uint64_t ths_sim_struck(const ths_sim *sim, ths_sim_fault kind);

/* "memory", "handler" and so on; NULL: there is no such kind. */
THS_PUBLIC const char *ths_sim_fault_name(ths_sim_fault kind);

/*
 * Faults from text: "memory=100,late=5@3:20ms" is one allocation in a hundred;
 * and one sleep in five, and the third one, up to 20 ms too long (ns, us, ms or
 * s).  A name alone is one in 20; "" is none.
 * THS_OK, or THS_BAD_ARGUMENT and *faults untouched.
 */
THS_NODISCARD THS_PUBLIC ths_status ths_sim_faults_read(const char *text,
    ths_sim_faults *faults);

/* The text of faults, cut if it does not fit; returns its whole length. */
THS_PUBLIC size_t ths_sim_faults_print(const ths_sim_faults *faults,
    char *buffer, size_t size);

/* ----------------------------------------------------------------- programs */

/*
 * What is explored: a world as it begins, and what must be true when all of its
 * threads have returned.
 *
 *   field        what it is
 *   name         one word
 *   what         it shows, a sentence
 *   description  its promises, in words of the program's own; or NULL
 *   state        what its threads share; zeroed before each run
 *   start        starts VMs and threads
 *   end          checks what they have left; NULL: nothing
 *   faults       those that it bears, and has unless whoever explores wants
 *                others
 */
typedef struct ths_sim_program {
	const char *name;
	const char *what;
	const char *description;
	void *state;
	size_t state_size;
	void (*start)(ths_sim *sim);
	void (*end)(ths_sim *sim);
	ths_sim_faults faults;
} ths_sim_program;

/*
 * A size of the program's: `usual`, unless whoever explores says otherwise, and
 * never below `least`.  A failing run is made smaller by these.  name lasts as
 * long as the program.
 */
THS_PUBLIC uint64_t ths_sim_parameter(ths_sim *sim, const char *name,
    uint64_t usual, uint64_t least);

/* What a shared object gives thespis-sim: THS_SIM_PROGRAMS(&one, &two) */
#define THS_SIM_PROGRAMS(...) \
	THS_SIM_EXPORT const ths_sim_program *const ths_sim_programs[]; \
	const ths_sim_program *const ths_sim_programs[] = { \
	    __VA_ARGS__, NULL }
#ifdef __cplusplus
#define THS_SIM_EXPORT extern "C" __attribute__((visibility("default")))
#else
#define THS_SIM_EXPORT extern __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
}
#endif

#endif
