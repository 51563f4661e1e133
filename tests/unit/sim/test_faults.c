/* SPDX-License-Identifier: MIT */
/* faults: which occasions strike. */
#include "sim/faults.h"

#include "tests/harness.h"

enum { OCCASIONS = 6400, ONE_IN = 64 };

Test(faults, never_strike_unless_wanted)
{
	struct faults faults;

	faults_init(&faults, &(ths_sim_faults){ 0 }, 1);
	for (int i = 0; i < OCCASIONS; i++)
		cr_assert_not(faults_strike(&faults, THS_SIM_FAULT_MEMORY));
	cr_assert_eq(faults.of[THS_SIM_FAULT_MEMORY].occasions, OCCASIONS);
	cr_assert_eq(faults.of[THS_SIM_FAULT_MEMORY].struck, 0);
	cr_assert_eq(faults.of[THS_SIM_FAULT_TIMER].occasions, 0);
}

Test(faults, strike_the_nth_occasion_once)
{
	struct faults faults;

	faults_init(&faults, &(ths_sim_faults){ .timer_at = 3 }, 1);
	for (int i = 1; i <= OCCASIONS; i++)
		cr_assert_eq(faults_strike(&faults, THS_SIM_FAULT_TIMER), i == 3);
	faults_set(&faults, &(ths_sim_faults){ .timer_at = 2 });
	cr_assert_not(faults_strike(&faults, THS_SIM_FAULT_TIMER));
	cr_assert(faults_strike(&faults, THS_SIM_FAULT_TIMER));
	cr_assert_eq(faults.of[THS_SIM_FAULT_TIMER].struck, 2);
}

Test(faults, strike_about_one_in_so_many)
{
	struct faults faults;
	uint64_t struck = 0;

	faults_init(&faults, &(ths_sim_faults){ .call_one_in = ONE_IN }, 7);
	for (int i = 0; i < OCCASIONS; i++)
		struck += faults_strike(&faults, THS_SIM_FAULT_CALL);
	cr_assert_gt(struck, OCCASIONS / ONE_IN / 2);
	cr_assert_lt(struck, OCCASIONS / ONE_IN * 2);
	cr_assert_eq(struck, faults.of[THS_SIM_FAULT_CALL].struck);
	faults_set(&faults, &(ths_sim_faults){ .call_one_in = 1 });
	for (int i = 0; i < ONE_IN; i++)
		cr_assert(faults_strike(&faults, THS_SIM_FAULT_CALL));
}

/* Bits: which of the first 64 allocations are refused. */
static uint64_t
pattern(uint64_t seed, const ths_sim_faults *wanted, ths_sim_fault beside)
{
	struct faults faults;
	uint64_t bits = 0;

	faults_init(&faults, wanted, seed);
	for (int i = 0; i < 64; i++) {
		(void)faults_strike(&faults, beside);
		bits = bits << 1 | faults_strike(&faults, THS_SIM_FAULT_MEMORY);
	}
	return bits;
}

Test(faults, of_one_kind_do_not_depend_on_the_others)
{
	const ths_sim_faults memory = { .memory_one_in = 2 };
	const ths_sim_faults both = { .memory_one_in = 2, .late_one_in = 3 };
	uint64_t bits = pattern(5, &memory, THS_SIM_FAULT_LATE);

	cr_assert_eq(bits, pattern(5, &both, THS_SIM_FAULT_LATE));
	cr_assert_eq(bits, pattern(5, &memory, THS_SIM_FAULT_CALL));
	cr_assert_eq(bits, pattern(5, &memory, THS_SIM_FAULT_WALL));
	cr_assert_neq(bits, pattern(6, &memory, THS_SIM_FAULT_LATE));
	cr_assert_neq(bits, 0);
}

Test(faults, take_a_time_up_to_their_maximum)
{
	struct faults faults;
	uint64_t most = 0;
	uint64_t least = UINT64_MAX;

	faults_init(&faults, &(ths_sim_faults){ .slow_max = 10 }, 9);
	for (int i = 0; i < 1000; i++) {
		uint64_t span = faults_span(&faults, THS_SIM_FAULT_SLOW);

		most = span > most ? span : most;
		least = span < least ? span : least;
	}
	cr_assert_eq(least, 1);
	cr_assert_eq(most, 10);
	for (int i = 0; i < 1000; i++)
		cr_assert_leq(faults_span(&faults, THS_SIM_FAULT_LATE),
		    FAULTS_SPAN_DEFAULT);
}

Test(faults, make_clocks_jump_either_way_up_to_their_maximum)
{
	struct faults faults;
	int64_t furthest = 0;
	int back = 0;

	faults_init(&faults, &(ths_sim_faults){ .wall_max = 10 }, 9);
	for (int i = 0; i < 1000; i++) {
		int64_t jump = faults_jump(&faults, THS_SIM_FAULT_WALL);

		cr_assert(jump != 0 && jump >= -10 && jump <= 10);
		back += jump < 0;
	}
	cr_assert(back > 300 && back < 700, "%d of 1000 go back", back);
	faults_set(&faults, &(ths_sim_faults){ 0 });
	for (int i = 0; i < 1000; i++) {
		int64_t jump = faults_jump(&faults, THS_SIM_FAULT_WALL);

		cr_assert_leq(jump, THS_SECONDS(24 * 60 * 60));
		furthest = jump > furthest ? jump : furthest;
	}
	cr_assert_gt(furthest, THS_SECONDS(23 * 60 * 60));
}

Test(faults, meet_the_handlers_they_were_aimed_at)
{
	const ths_address one = { 1, 2, 3 };
	const ths_address other = { 1, 2, 4 };
	struct faults faults;

	faults_init(&faults, &(ths_sim_faults){ 0 }, 1);
	cr_assert(faults_aim(&faults, one, 2));
	cr_assert(faults_aim(&faults, other, 1));
	cr_assert_not(faults_strike_handler(&faults, one));
	cr_assert(faults_strike_handler(&faults, other));
	cr_assert(faults_strike_handler(&faults, one));
	for (int i = 0; i < 5; i++) {
		cr_assert_not(faults_strike_handler(&faults, one));
		cr_assert_not(faults_strike_handler(&faults, other));
	}
	cr_assert_eq(faults.of[THS_SIM_FAULT_HANDLER].struck, 2);
	for (int i = 0; i < FAULTS_AIMS_MAX; i++)
		cr_assert(faults_aim(&faults, one, 1));
	cr_assert_not(faults_aim(&faults, one, 1));
}
