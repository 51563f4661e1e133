/* SPDX-License-Identifier: MIT */
/* faults - what goes wrong in a world, and how often; see faults.h. */
#include "sim/faults.h"

#include "base/check.h"

/* So that neither the picker nor the program draws the same numbers; odd. */
#define STREAM_STEP UINT64_C(0xd1342543de82ef95)

static void
want(struct fault *fault, uint32_t one_in, uint64_t at, ths_duration max)
{
	fault->one_in = one_in;
	fault->at = at;
	fault->max = max > 0 ? (uint64_t)max : FAULTS_SPAN_DEFAULT;
	fault->since = fault->occasions;
}

void
faults_set(struct faults *faults, const ths_sim_faults *wanted)
{
	struct fault *of = faults->of;

	want(&of[FAULT_OF_MEMORY], wanted->memory_one_in, wanted->memory_at,
	    0);
	want(&of[FAULT_OF_HANDLER], wanted->handler_one_in,
	    wanted->handler_at, 0);
	want(&of[FAULT_OF_SLOW], wanted->slow_one_in, wanted->slow_at,
	    wanted->slow_max);
	want(&of[FAULT_OF_LATE], wanted->late_one_in, wanted->late_at,
	    wanted->late_max);
	want(&of[FAULT_OF_DEATH], wanted->death_one_in, wanted->death_at, 0);
	want(&of[FAULT_OF_CALL], wanted->call_one_in, wanted->call_at, 0);
	want(&of[FAULT_OF_TIMER], wanted->timer_one_in, wanted->timer_at, 0);
}

void
faults_init(struct faults *faults, const ths_sim_faults *wanted, uint64_t seed)
{
	*faults = (struct faults){ .aims_length = 0 };
	for (uint64_t i = 0; i < FAULT_KINDS; i++)
		random_init(&faults->of[i].random,
		    seed + (i + 1) * STREAM_STEP);
	faults_set(faults, wanted);
}

bool
faults_aim(struct faults *faults, ths_address whom, uint64_t nth)
{
	CHECK(nth > 0);
	if (faults->aims_length == FAULTS_AIMS_MAX)
		return false;
	faults->aims[faults->aims_length++] = (struct faults_aim){ whom, nth };
	return true;
}

bool
faults_strike(struct faults *faults, enum fault_kind kind)
{
	struct fault *fault = &faults->of[kind];
	uint64_t number = ++fault->occasions - fault->since;
	bool strikes = fault->at != 0 && number == fault->at;

	/* Drawn even if it strikes anyhow: `at` leaves the others as
	 * they are. */
	if (fault->one_in != 0 &&
	    random_below(&fault->random, fault->one_in) == 0)
		strikes = true;
	fault->struck += strikes;
	return strikes;
}

/* True when one of the aims is met. */
static bool
meets_aim(struct faults *faults, ths_address whom)
{
	bool meets = false;

	for (uint32_t i = faults->aims_length; i-- > 0;) {
		struct faults_aim *aim = &faults->aims[i];

		if (!ths_address_equal(aim->whom, whom) || --aim->left > 0)
			continue;
		meets = true;
		*aim = faults->aims[--faults->aims_length];
	}
	return meets;
}

bool
faults_strike_handler(struct faults *faults, ths_address whom)
{
	bool meets = faults->aims_length > 0 && meets_aim(faults, whom);
	bool strikes = faults_strike(faults, FAULT_OF_HANDLER);

	faults->of[FAULT_OF_HANDLER].struck += meets && !strikes;
	return meets || strikes;
}

uint64_t
faults_span(struct faults *faults, enum fault_kind kind)
{
	struct fault *fault = &faults->of[kind];

	return 1 + random_next(&fault->random) % fault->max;
}

const char *
faults_name(enum fault_kind kind)
{
	static const char *const names[FAULT_KINDS] = {
		"memory", "handler", "slow", "late", "death", "call", "timer",
	};

	return names[kind];
}
