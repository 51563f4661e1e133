/* SPDX-License-Identifier: MIT */
/*
 * faults - what goes wrong in a world, and how often: the draws.
 *
 * Each kind has a count of its occasions and a random stream of its own, both
 * from the world's seed: to leave one kind out changes nothing for the others,
 * as long as the same occasions come.  An occasion that strikes is either the
 * n-th (KIND_at), counted from the last faults_set(), or drawn (KIND_one_in).
 * A kind that is off draws nothing, but its occasions are counted: so a run
 * without faults tells which n there are.
 *
 *   kind     occasion                        what a strike does
 *   MEMORY   an allocation of a VM           it is refused
 *   HANDLER  a handler, or the function of   it fails, "simulated fault",
 *            a call, is about to be called;  instead of running
 *            a second attempt is another
 *   SLOW     the same                        up to slow_max goes by before it
 *   LATE     the deadline of a thread that   it goes on up to late_max later
 *            sleeps, as a worker does until
 *            its next timer
 *   DEATH    a mortal thread enters a        it ends there
 *            function that needs a client
 *   CALL     a call is begun                 it is refused, THS_NO_MEMORY
 *   TIMER    a timer is set                  the same
 *
 * What belongs to the library itself, a supervisor, has no failing handlers:
 * it has none that could fail.
 *
 * sim/sim_fault.h brings them about.  There is none of the wall clock: nothing
 * in a VM reads one.
 *
 * Threads: those of the world.  Limits: FAULTS_AIMS_MAX.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"
#include "thespis/address.h"
#include "thespis/client.h"

enum {
	FAULTS_AIMS_MAX = 16,             /* of faults_aim() at once */
	FAULTS_SPAN_DEFAULT = 1000 * 1000, /* ns; slow_max and late_max of 0 */
};

/* Zero: there are none. */
typedef struct ths_sim_faults {
	uint32_t memory_one_in;
	uint64_t memory_at;
	uint32_t handler_one_in;
	uint64_t handler_at;
	uint32_t slow_one_in;
	uint64_t slow_at;
	ths_duration slow_max;
	uint32_t late_one_in;
	uint64_t late_at;
	ths_duration late_max;
	uint32_t death_one_in;
	uint64_t death_at;
	uint32_t call_one_in;
	uint64_t call_at;
	uint32_t timer_one_in;
	uint64_t timer_at;
} ths_sim_faults;

enum fault_kind {
	FAULT_OF_MEMORY,
	FAULT_OF_HANDLER,
	FAULT_OF_SLOW,
	FAULT_OF_LATE,
	FAULT_OF_DEATH,
	FAULT_OF_CALL,
	FAULT_OF_TIMER,
	FAULT_KINDS
};

/*
 *   field      what it is
 *   one_in…    as wanted; max in ns
 *   occasions  so far
 *   since      of them, before the last faults_set()
 *   struck     of them
 */
struct fault {
	struct random random;
	uint32_t one_in;
	uint64_t at;
	uint64_t max;
	uint64_t occasions;
	uint64_t since;
	uint64_t struck;
};

/* One actor's handler that is to fail. */
struct faults_aim {
	ths_address whom;
	uint64_t left; /* handlers up to it, itself included */
};

struct faults {
	struct fault of[FAULT_KINDS];
	struct faults_aim aims[FAULTS_AIMS_MAX];
	uint32_t aims_length;
};

/* Makes the faults of a world; wanted is copied. */
void faults_init(struct faults *faults, const ths_sim_faults *wanted,
    uint64_t seed);

/* Wants others from now on; the streams and the counts go on. */
void faults_set(struct faults *faults, const ths_sim_faults *wanted);

/* Has the n-th handler of this actor from now on fail; 1 is the next one.
 * False: there are FAULTS_AIMS_MAX already. */
bool faults_aim(struct faults *faults, ths_address whom, uint64_t nth);

/* An occasion: true when it strikes. */
bool faults_strike(struct faults *faults, enum fault_kind kind);

/* The same for a handler of this actor. */
bool faults_strike_handler(struct faults *faults, ths_address whom);

/* How long what has struck takes, in ns: 1 to its max. */
uint64_t faults_span(struct faults *faults, enum fault_kind kind);

/* "memory", "handler" and so on. */
const char *faults_name(enum fault_kind kind);

#endif
