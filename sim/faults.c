/* SPDX-License-Identifier: MIT */
/* faults - what goes wrong in a world, and how often; see faults.h. */
#include "sim/faults.h"

#include "base/check.h"

/* So that neither the picker nor the program draws the same numbers; odd. */
#define STREAM_STEP UINT64_C(0xd1342543de82ef95)

#define ROW(name) { #name, offsetof(ths_sim_faults, name##_one_in), \
	offsetof(ths_sim_faults, name##_at), 0, 0 }
#define LONG_ROW(name, max_default) { #name, \
	offsetof(ths_sim_faults, name##_one_in), \
	offsetof(ths_sim_faults, name##_at), \
	offsetof(ths_sim_faults, name##_max), max_default }

const struct fault_row fault_rows[THS_SIM_FAULT_KINDS] = {
	[THS_SIM_FAULT_MEMORY] = ROW(memory),
	[THS_SIM_FAULT_HANDLER] = ROW(handler),
	[THS_SIM_FAULT_SLOW] = LONG_ROW(slow, FAULTS_SPAN_DEFAULT),
	[THS_SIM_FAULT_LATE] = LONG_ROW(late, FAULTS_SPAN_DEFAULT),
	[THS_SIM_FAULT_DEATH] = ROW(death),
	[THS_SIM_FAULT_CALL] = ROW(call),
	[THS_SIM_FAULT_TIMER] = ROW(timer),
	[THS_SIM_FAULT_WALL] = LONG_ROW(wall, FAULTS_JUMP_DEFAULT),
};

void
faults_set(struct faults *faults, const ths_sim_faults *wanted)
{
	ths_sim_faults copy = *wanted;

	for (ths_sim_fault kind = 0; kind < THS_SIM_FAULT_KINDS; kind++) {
		struct fault *fault = &faults->of[kind];
		const ths_duration *max = faults_max(&copy, kind);

		fault->one_in = *faults_one_in(&copy, kind);
		fault->at = *faults_at(&copy, kind);
		fault->max = (uint64_t)(max != NULL && *max > 0 ? *max :
		    fault_rows[kind].max_default);
		fault->since = fault->occasions;
	}
}

void
faults_init(struct faults *faults, const ths_sim_faults *wanted, uint64_t seed)
{
	*faults = (struct faults){ .aims_length = 0 };
	/* A stream for each kind. */
	for (uint64_t i = 0; i < THS_SIM_FAULT_KINDS; i++)
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
faults_strike(struct faults *faults, ths_sim_fault kind)
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
	bool strikes = faults_strike(faults, THS_SIM_FAULT_HANDLER);

	faults->of[THS_SIM_FAULT_HANDLER].struck += meets && !strikes;
	return meets || strikes;
}

uint64_t
faults_span(struct faults *faults, ths_sim_fault kind)
{
	struct fault *fault = &faults->of[kind];

	return 1 + random_next(&fault->random) % fault->max;
}

int64_t
faults_jump(struct faults *faults, ths_sim_fault kind)
{
	int64_t span = (int64_t)faults_span(faults, kind);
	bool goes_back = random_below(&faults->of[kind].random, 2) == 0;

	return goes_back ? -span : span;
}
