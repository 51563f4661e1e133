/* SPDX-License-Identifier: MIT */
/*
 * world: a simulated world as its users see it: what home may do, how far a run
 * goes, what can be looked at, how it fails, and that it can be played again.
 */
#include "thespis/sim.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "thespis/thespis.h"

THS_MESSAGE(add, THS_FIELD(int64_t, amount))
THS_MESSAGE(total, THS_FIELD(int64_t, value))
THS_SIGNAL(remind)

struct counter {
	int64_t value;
};

static ths_status
on_add(ths_self *self, struct counter *counter, const struct add *add)
{
	counter->value += add->amount;
	return ths_reply(self, total, .value = counter->value);
}

static ths_status
on_remind(ths_self *self, struct counter *counter, const struct remind *remind)
{
	(void)counter;
	(void)remind;
	return ths_timer_set(self, THS_SECONDS(3600), 0, NULL);
}

static ths_status
on_wakeup(ths_self *self, struct counter *counter,
    const struct ths_wakeup *wakeup)
{
	(void)self;
	(void)wakeup;
	counter->value++;
	return THS_OK;
}

THS_ACTOR(counter, struct counter, THS_ON(add, on_add),
    THS_ON(remind, on_remind), THS_ON(ths_wakeup, on_wakeup))

/* A world with a VM and a counter in it. */
struct place {
	ths_sim *sim;
	ths_vm *vm;
	ths_address counter;
};

static struct place
open_place(const ths_sim_config *config)
{
	struct place place = { .sim = ths_sim_new(config) };

	cr_assert_not_null(place.sim);
	place.vm = ths_sim_vm(place.sim, NULL);
	cr_assert_not_null(place.vm);
	cr_assert_eq(ths_spawn(place.vm, &place.counter, &counter_actor, NULL),
	    THS_OK);
	return place;
}

static int64_t
ask_total(const struct place *place, int64_t amount)
{
	ths_mail *mail = ths_call(place->vm, place->counter, THS_SECONDS(1),
	    add, .amount = amount);
	const struct total *total = ths_mail_as(mail, total);
	int64_t value = total == NULL ? -1 : total->value;

	ths_mail_free(mail);
	return value;
}

Test(world, lets_home_call_an_actor)
{
	struct place place = open_place(NULL);

	cr_assert_eq(ask_total(&place, 40), 40);
	cr_assert_eq(ask_total(&place, 2), 42);
	/* The handler that has answered returns. */
	cr_assert_eq(ths_sim_run(place.sim), THS_SIM_QUIET);
	cr_assert_eq(ths_sim_handled(place.sim), 4); /* and the answers */
	cr_assert_eq(ths_vm_stop(place.vm, THS_FOREVER), THS_OK);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

Test(world, begins_with_the_year_2001)
{
	/* 2001-01-01 00:00 UTC */
	const ths_time date = THS_SECONDS(978307200);
	struct place place = open_place(NULL);

	cr_assert_eq(ths_vm_wall_clock(place.vm), date + 1);
	cr_assert_eq(ths_sim_run_for(place.sim, THS_SECONDS(86400)),
	    THS_SIM_QUIET);
	cr_assert_eq(ths_vm_wall_clock(place.vm), date +
	    ths_sim_now(place.sim));
	cr_assert_geq(ths_sim_now(place.sim), THS_SECONDS(86400));
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

Test(world, stands_still_while_home_runs)
{
	struct place place = open_place(NULL);
	ths_sim_message seen[2];

	for (int64_t i = 1; i <= 3; i++)
		cr_assert_eq(ths_tell(place.vm, place.counter, add,
		    .amount = i), THS_OK);
	cr_assert_eq(ths_sim_in_flight(place.sim), 3);
	cr_assert_eq(ths_sim_mailbox(place.sim, place.counter, seen, 2), 3);
	cr_assert_str_eq(seen[0].type->name, "add");
	cr_assert_eq(((const struct add *)seen[0].message)->amount, 1);
	cr_assert_eq(((const struct add *)seen[1].message)->amount, 2);
	cr_assert_eq(ths_sim_run(place.sim), THS_SIM_QUIET);
	cr_assert_eq(ths_sim_mailbox(place.sim, place.counter, seen, 2), 0);
	cr_assert_eq(ths_sim_in_flight(place.sim), 3); /* answers to home */
	cr_assert_eq(ths_sim_handled(place.sim), 3);
	cr_assert_eq(ths_sim_mailbox(place.sim, THS_NOBODY, seen, 2), 0);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

static void
step_five_times(uint64_t seed)
{
	struct place place = open_place(&(ths_sim_config){ .seed = seed });

	for (int64_t i = 1; i <= 5; i++)
		cr_assert_eq(ths_tell(place.vm, place.counter, add,
		    .amount = i), THS_OK);
	for (uint64_t i = 1; i <= 5; i++) {
		cr_assert_eq(ths_sim_step(place.sim), THS_SIM_TRUE);
		cr_assert_eq(ths_sim_handled(place.sim), i);
		cr_assert_eq(ths_sim_mailbox(place.sim, place.counter, NULL,
		    0), 5 - i);
	}
	cr_assert_eq(ths_sim_step(place.sim), THS_SIM_QUIET);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

Test(world, steps_by_one_message)
{
	for (uint64_t seed = 0; seed < 100; seed++)
		step_five_times(seed);
}

Test(world, lets_a_day_go_by_in_no_time)
{
	struct place place = open_place(NULL);
	ths_duration began;

	cr_assert_eq(ths_tell(place.vm, place.counter, remind), THS_OK);
	cr_assert_eq(ths_sim_run(place.sim), THS_SIM_QUIET);
	began = ths_sim_now(place.sim);
	cr_assert_lt(began, THS_SECONDS(1));
	cr_assert_eq(ths_sim_run_for(place.sim, THS_SECONDS(1800)),
	    THS_SIM_QUIET);
	cr_assert_eq(ths_sim_handled(place.sim), 1);
	cr_assert_eq(ths_sim_now(place.sim) / THS_SECONDS(1800), 1);
	cr_assert_eq(ths_sim_run_for(place.sim, THS_SECONDS(86400)),
	    THS_SIM_QUIET);
	cr_assert_eq(ths_sim_handled(place.sim), 2);
	cr_assert_eq(ask_total(&place, 0), 1);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

static bool
is_at_three(void *context)
{
	return ths_sim_handled(context) >= 3;
}

Test(world, runs_until_something_is_so)
{
	struct place place = open_place(NULL);

	for (int64_t i = 1; i <= 5; i++)
		cr_assert_eq(ths_tell(place.vm, place.counter, add,
		    .amount = i), THS_OK);
	cr_assert_eq(ths_sim_run_until(place.sim, is_at_three, place.sim),
	    THS_SIM_TRUE);
	cr_assert_eq(ths_sim_handled(place.sim), 3);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

Test(world, sends_in_the_name_of_another)
{
	struct place place = open_place(NULL);
	ths_address other;
	ths_sim_message seen;

	cr_assert_eq(ths_spawn(place.vm, &other, &counter_actor, NULL),
	    THS_OK);
	cr_assert_eq(ths_sim_inject(place.sim, other, place.counter, add,
	    .amount = 7), THS_OK);
	cr_assert_eq(ths_sim_mailbox(place.sim, place.counter, &seen, 1), 1);
	cr_assert(ths_address_equal(seen.from, other));
	cr_assert_eq(ths_sim_inject(place.sim, other, THS_NOBODY, add,
	    .amount = 7), THS_BAD_ARGUMENT);
	cr_assert_eq(ths_sim_run(place.sim), THS_SIM_QUIET);
	cr_assert_eq(ths_sim_handled(place.sim), 1);
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
}

/* ------------------------------------------------------------------ failing */

static void
fail(void *sim)
{
	ths_sim_fail(sim, "there", 7, "%d of %d", 1, 2);
	cr_assert(false); /* nobody goes on after a failure */
}

Test(world, ends_a_run_that_has_failed)
{
	struct place place = open_place(NULL);

	cr_assert_null(ths_sim_why(place.sim));
	ths_sim_thread(place.sim, "failer", fail, place.sim);
	cr_assert_eq(ths_sim_finish(place.sim), THS_SIM_FAILED);
	cr_assert_str_eq(ths_sim_why(place.sim), "there:7: 1 of 2");
	THS_SIM_CHECK(place.sim, false); /* the first one counts */
	cr_assert_str_eq(ths_sim_why(place.sim), "there:7: 1 of 2");
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_FAILED);
}

Test(world, fails_when_somebody_waits_for_ever)
{
	struct place place = open_place(NULL);

	/* Nobody stops the VM, so its workers wait. */
	cr_assert_eq(ths_sim_finish(place.sim), THS_SIM_FAILED);
	cr_assert_not_null(strstr(ths_sim_why(place.sim),
	    "somebody waits for ever: 1 worker waits"));
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_FAILED);
}

/* The host's memory: how much of it is held. */
static void *
take(void *context, size_t size, size_t alignment)
{
	size_t whole = (size + alignment - 1) & ~(alignment - 1);
	size_t *held = context;

	*held += size;
	return aligned_alloc(alignment, whole);
}

static void
give(void *context, void *pointer, size_t size, size_t alignment)
{
	size_t *held = context;

	(void)alignment;
	*held -= size;
	free(pointer);
}

Test(world, gives_back_what_the_vms_of_a_failed_run_held)
{
	size_t held = 0;
	ths_allocator allocator = { take, give, &held };
	ths_sim *sim = ths_sim_new(NULL);
	ths_address counter;
	ths_vm *vm;

	cr_assert_not_null(sim);
	cr_assert_not_null(ths_sim_vm(sim, NULL)); /* one with the system's */
	vm = ths_sim_vm(sim, &(ths_vm_config){ .allocator = &allocator,
	    .seed = 2 });
	cr_assert_not_null(vm);
	cr_assert_eq(ths_spawn(vm, &counter, &counter_actor, NULL), THS_OK);
	cr_assert_eq(ths_tell(vm, counter, remind), THS_OK);
	cr_assert_eq(ths_sim_run(sim), THS_SIM_QUIET);
	cr_assert_eq(ths_tell(vm, counter, add, .amount = 1), THS_OK);
	cr_assert_gt(held, 0);
	ths_sim_thread(sim, "failer", fail, sim);
	cr_assert_eq(ths_sim_run(sim), THS_SIM_FAILED);
	cr_assert_eq(ths_sim_free(sim), THS_SIM_FAILED);
	cr_assert_eq(held, 0);
}

/* Each VM has a thread-specific key, of which a process has only so many. */
Test(world, may_fail_more_often_than_a_process_has_keys)
{
	for (int i = 0; i <= PTHREAD_KEYS_MAX; i++) {
		ths_sim *sim = ths_sim_new(NULL);

		cr_assert_not_null(sim);
		cr_assert_not_null(ths_sim_vm(sim, NULL));
		ths_sim_fail(sim, "there", 7, "%d", i);
		cr_assert_eq(ths_sim_free(sim), THS_SIM_FAILED);
	}
}

Test(world, is_not_made_of_nonsense)
{
	static const ths_sim_decision twice[2] = { { .thread = 1 },
		{ .thread = 1 } };

	cr_assert_null(ths_sim_new(&(ths_sim_config){
	    .picker = THS_SIM_PICKERS }));
	cr_assert_null(ths_sim_new(&(ths_sim_config){
	    .picker = THS_SIM_REPLAY, .schedule = { twice, 2 } }));
}

/* ----------------------------------------------------------------- replaying */

/* Two outside threads that call the counter, and one that stops it all. */
static void
call_often(void *argument)
{
	const struct place *place = argument;

	for (int i = 0; i < 10; i++)
		(void)ask_total(place, 1);
}

static void
stop(void *argument)
{
	const struct place *place = argument;

	ths_sim_sleep(place->sim, THS_MICROSECONDS(3));
	cr_assert_eq(ths_vm_stop(place->vm, THS_SECONDS(1)), THS_OK);
}

static uint64_t
play(const ths_sim_config *config, ths_sim_decision *decisions,
    size_t *length)
{
	struct place place = open_place(config);
	ths_sim_schedule schedule;
	uint64_t signature;

	ths_sim_thread(place.sim, "caller", call_often, &place);
	ths_sim_thread(place.sim, "caller", call_often, &place);
	ths_sim_thread(place.sim, "stopper", stop, &place);
	cr_assert_eq(ths_sim_finish(place.sim), THS_SIM_DONE);
	signature = ths_sim_signature(place.sim);
	schedule = ths_sim_recorded(place.sim);
	cr_assert_leq(schedule.length, *length);
	*length = schedule.length;
	if (schedule.length > 0)
		memcpy(decisions, schedule.items,
		    schedule.length * sizeof(*decisions));
	cr_assert_eq(ths_sim_free(place.sim), THS_SIM_DONE);
	return signature;
}

enum { DECISIONS_MAX = 20000 };

Test(world, replays_what_any_picker_has_done)
{
	static ths_sim_decision first[DECISIONS_MAX];
	static ths_sim_decision again[DECISIONS_MAX];
	ths_sim_picker pickers[] = { THS_SIM_RANDOM, THS_SIM_PCT,
		THS_SIM_ROUND_ROBIN };
	size_t decided = 0;

	for (uint64_t i = 0; i < 60; i++) {
		ths_sim_config config = { .seed = i, .picker = pickers[i % 3],
			.records = true };
		size_t length = DECISIONS_MAX;
		size_t length_again = DECISIONS_MAX;
		uint64_t signature = play(&config, first, &length);

		decided += length;
		config.picker = THS_SIM_REPLAY;
		config.schedule = (ths_sim_schedule){ first, length };
		cr_assert_eq(play(&config, again, &length_again), signature);
		cr_assert_eq(length_again, length);
		cr_assert_eq(memcmp(first, again, length * sizeof(*first)), 0);
	}
	cr_assert_gt(decided, 60);
}

Test(world, replays_what_is_left_of_a_schedule)
{
	static ths_sim_decision first[DECISIONS_MAX];
	static ths_sim_decision again[DECISIONS_MAX];
	ths_sim_config config = { .seed = 5, .records = true };
	size_t length = DECISIONS_MAX;
	size_t length_again = DECISIONS_MAX;

	(void)play(&config, first, &length);
	config.picker = THS_SIM_REPLAY;
	(void)play(&config, again, &length_again);
	cr_assert_eq(length_again, 0); /* all as usual */
	config.schedule = (ths_sim_schedule){ first, length / 2 };
	length_again = DECISIONS_MAX;
	(void)play(&config, again, &length_again);
	cr_assert_gt(length_again, 0);
	cr_assert_leq(length_again, length / 2);
}

Test(world, draws_the_same_whoever_picks)
{
	uint32_t drawn[3];

	for (int i = 0; i < 3; i++) {
		ths_sim *sim = ths_sim_new(&(ths_sim_config){ .seed = 9,
		    .picker = (ths_sim_picker)i });

		cr_assert_not_null(sim);
		drawn[i] = ths_sim_random(sim, 1000000);
		cr_assert_eq(ths_sim_free(sim), THS_SIM_DONE);
	}
	cr_assert_eq(drawn[0], drawn[1]);
	cr_assert_eq(drawn[0], drawn[2]);
}

Test(world, names_its_pickers)
{
	cr_assert_str_eq(ths_sim_picker_name(THS_SIM_RANDOM), "random");
	cr_assert_str_eq(ths_sim_picker_name(THS_SIM_PCT), "pct");
	cr_assert_str_eq(ths_sim_picker_name(THS_SIM_ROUND_ROBIN),
	    "round-robin");
	cr_assert_str_eq(ths_sim_picker_name(THS_SIM_REPLAY), "replay");
	cr_assert_str_eq(ths_sim_picker_name(THS_SIM_PICKERS), "none");
}

Test(world, answers_sizes)
{
	ths_sim_setting set[] = { { "small", 3 }, { "tiny", 0 } };
	ths_sim *sim = ths_sim_new(&(ths_sim_config){ .settings = set,
	    .settings_length = 2 });

	cr_assert_not_null(sim);
	cr_assert_eq(ths_sim_parameter(sim, "usual", 100, 2), 100);
	cr_assert_eq(ths_sim_parameter(sim, "small", 100, 2), 3);
	cr_assert_eq(ths_sim_parameter(sim, "tiny", 100, 2), 2);
	cr_assert_eq(ths_sim_free(sim), THS_SIM_DONE);
}
