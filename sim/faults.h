/* SPDX-License-Identifier: MIT */
/*
 * faults - what goes wrong in a world, and how often: the draws.
 *
 * thespis/sim.h says what there is.  Each kind has a random stream of its own:
 * to leave one kind out changes nothing for the others, as long as the same
 * occasions come.  A kind that is off draws nothing, but its occasions are
 * counted: so a run without faults tells which n there are.
 *
 * sim/sim_fault.h brings them about.
 *
 * Threads: those of the world.  Limits: FAULTS_AIMS_MAX.
 */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "thespis/sim.h"

enum {
	FAULTS_AIMS_MAX = 16,             /* of faults_aim() at once */
	FAULTS_SPAN_DEFAULT = 1000 * 1000, /* ns; slow_max and late_max of 0 */
};

/* wall_max of 0. */
#define FAULTS_JUMP_DEFAULT THS_SECONDS(24 * 60 * 60)

/* Where a kind stands in a ths_sim_faults, in bytes. */
struct fault_row {
	const char *name;
	size_t one_in;
	size_t at;
	size_t max; /* 0: it has none */
	ths_duration max_default;
};

extern const struct fault_row fault_rows[THS_SIM_FAULT_KINDS];

/*
 *   field      what it is
 *   one_in…    as wanted
 *   occasions  so far
 *   since      of them, before the last faults_set()
 *   struck     of them
 */
struct fault {
	struct random random;
	uint32_t one_in;
	uint64_t at;
	uint64_t max; /* ns */
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
	struct fault of[THS_SIM_FAULT_KINDS];
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
bool faults_strike(struct faults *faults, ths_sim_fault kind);

/* The same for a handler of this actor. */
bool faults_strike_handler(struct faults *faults, ths_address whom);

/* How long what has struck takes, in ns: 1 to its max. */
uint64_t faults_span(struct faults *faults, ths_sim_fault kind);

/* How far a clock jumps: as long as that, forwards or back. */
int64_t faults_jump(struct faults *faults, ths_sim_fault kind);

/* The numbers of a kind in a ths_sim_faults; faults_max() of one that has
 * none is NULL. */
static inline uint32_t *
faults_one_in(ths_sim_faults *faults, ths_sim_fault kind)
{
	return (uint32_t *)(void *)((char *)faults + fault_rows[kind].one_in);
}

static inline uint64_t *
faults_at(ths_sim_faults *faults, ths_sim_fault kind)
{
	return (uint64_t *)(void *)((char *)faults + fault_rows[kind].at);
}

static inline ths_duration *
faults_max(ths_sim_faults *faults, ths_sim_fault kind)
{
	size_t max = fault_rows[kind].max;

	return max == 0 ? NULL : (ths_duration *)(void *)((char *)faults + max);
}

#endif
