/* SPDX-License-Identifier: MIT */
/*
 * sim_fault: each kind of fault in a small world: that it strikes, and what the
 * VM makes of it.  What large worlds bear is the business of
 * tests/sim/sim_faults_*.c.
 */
#include "sim/sim_fault.h"

#include <stdio.h>
#include <string.h>

#include "sim/sim_vm.h"
#include "tests/harness.h"
#include "thespis/thespis.h"

THS_SIGNAL(ping)
THS_SIGNAL(pong)
THS_SIGNAL(set)

enum { PATIENCE_S = 1 };

static struct {
	ths_sim sim;
	struct sim_vm sim_vm;
	ths_vm *vm;
	ths_address pinged;
	void (*play)(void);
	int pings;
	int entered; /* calls begun by the mortal thread */
	ths_status set;
	ths_duration woken;
	ths_duration due;
	ths_duration off; /* the date, as an actor saw it */
} world;

static uint64_t
struck(ths_sim_fault kind)
{
	return ths_sim_struck(&world.sim, kind);
}

/* How far a date is from where time alone would have it. */
static ths_duration
off(ths_time date)
{
	return date - SIM_DATE - ths_sim_now(&world.sim);
}

/* --------------------------------------------------------------- the actor */

static ths_status
on_ping(ths_self *self, ths_nothing *nothing, const struct ping *ping)
{
	(void)nothing, (void)ping;
	world.pings++;
	world.off = off(ths_wall_clock(self));
	return ths_reply(self, pong);
}

static ths_status
on_set(ths_self *self, ths_nothing *nothing, const struct set *set)
{
	(void)nothing, (void)set;
	world.due = ths_now(self) + THS_MILLISECONDS(5);
	world.set = ths_timer_set(self, THS_MILLISECONDS(5), 0, NULL);
	return THS_OK;
}

static ths_status
on_wakeup(ths_self *self, ths_nothing *nothing,
    const struct ths_wakeup *wakeup)
{
	(void)nothing, (void)wakeup;
	world.woken = ths_now(self);
	return THS_OK;
}

THS_ACTOR(pinged, ths_nothing,
    THS_ON(ping, on_ping),
    THS_ON(set, on_set),
    THS_ON(ths_wakeup, on_wakeup))

/* --------------------------------------------------------------- the world */

static void
host(void *argument)
{
	(void)argument;
	world.play();
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(PATIENCE_S)), THS_OK);
}

/* Plays in a world with these faults, as a simulated thread. */
static void
run(const ths_sim_faults *faults, void (*play)(void))
{
	memset(&world, 0, sizeof(world));
	sim_init(&world.sim, &(ths_sim_config){ .seed = 3,
	    .faults = *faults });
	cr_assert_eq(sim_vm_start(&world.sim_vm, &world.sim, &(ths_vm_config){
	    .log_level = THS_LOG_NONE }), THS_OK);
	world.vm = world.sim_vm.vm;
	cr_assert_eq(ths_spawn(world.vm, &world.pinged, &pinged_actor, NULL),
	    THS_OK);
	world.play = play;
	cr_assert_eq(sim_spawn(&world.sim, "host", host, NULL, NULL), THS_OK);
	cr_assert_eq(sim_run(&world.sim), THS_SIM_DONE);
}

static void
end(void)
{
	ths_vm_free(world.vm);
	sim_fini(&world.sim);
}

/* What a call of the actor comes to, and why. */
static ths_status
call(char *why, size_t size)
{
	ths_mail *mail = ths_call(world.vm, world.pinged,
	    THS_SECONDS(PATIENCE_S), ping);
	ths_status status = ths_mail_status(mail);

	if (why != NULL)
		snprintf(why, size, "%s", ths_mail_why(mail));
	ths_mail_free(mail);
	return status;
}

/* ------------------------------------------------------------------ memory */

static void
spawn_until_refused(void)
{
	static const ths_actor guest = { "guest", 100000, NULL, 0 };
	ths_address address = THS_NOBODY;

	cr_assert_eq(ths_spawn(world.vm, &address, &guest, NULL),
	    THS_NO_MEMORY);
	cr_assert(ths_address_is_nobody(address));
	ths_sim_faults_set(&world.sim, &(ths_sim_faults){ 0 });
	cr_assert_eq(ths_spawn(world.vm, &address, &guest, NULL), THS_OK);
}

Test(sim_fault, refuses_memory)
{
	run(&(ths_sim_faults){ .memory_one_in = 1 }, spawn_until_refused);
	cr_assert_geq(struck(THS_SIM_FAULT_MEMORY), 1);
	end();
}

/* ----------------------------------------------------------------- handlers */

static void
call_thrice(void)
{
	char why[THS_FAILURE_TEXT_SIZE];

	/* The second one fails at first, and is tried again. */
	for (int i = 0; i < 3; i++)
		cr_assert_eq(call(NULL, 0), THS_OK);
	cr_assert_eq(world.pings, 3);
	ths_sim_faults_set(&world.sim, &(ths_sim_faults){
	    .handler_one_in = 1 });
	cr_assert_eq(call(why, sizeof(why)), THS_FAILED);
	cr_assert_str_eq(why, "simulated fault");
	cr_assert_eq(world.pings, 3);
}

Test(sim_fault, fails_handlers_instead_of_running_them)
{
	ths_vm_status status;

	run(&(ths_sim_faults){ .handler_at = 2 }, call_thrice);
	ths_vm_status_read(world.vm, &status);
	cr_assert_eq(struck(THS_SIM_FAULT_HANDLER), 3);
	cr_assert_eq(status.retried, 2);
	cr_assert_eq(status.failed, 1);
	cr_assert_eq(status.poisoned, 1);
	end();
}

static void
call_aimed(void)
{
	/* The second call's two attempts. */
	cr_assert_eq(ths_sim_fail_handler(&world.sim, world.pinged, 2),
	    THS_OK);
	cr_assert_eq(ths_sim_fail_handler(&world.sim, world.pinged, 3),
	    THS_OK);
	cr_assert_eq(ths_sim_fail_handler(&world.sim, world.pinged, 0),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(call(NULL, 0), THS_OK);
	cr_assert_eq(call(NULL, 0), THS_FAILED);
	cr_assert_eq(call(NULL, 0), THS_OK);
}

Test(sim_fault, fails_the_nth_handler_of_an_actor)
{
	run(&(ths_sim_faults){ 0 }, call_aimed);
	cr_assert_eq(struck(THS_SIM_FAULT_HANDLER), 2);
	end();
}

/* --------------------------------------------------------------------- slow */

static void
call_slowly(void)
{
	uint64_t before = clock_now(&world.sim.clock);

	for (int i = 0; i < 10; i++)
		cr_assert_eq(call(NULL, 0), THS_OK);
	/* Half of it, on average, for each. */
	cr_assert_gt(clock_now(&world.sim.clock) - before, 10 * 1000 * 1000);
}

Test(sim_fault, lets_time_go_by_before_a_handler)
{
	run(&(ths_sim_faults){ .slow_one_in = 1,
	    .slow_max = THS_MILLISECONDS(10) }, call_slowly);
	cr_assert_eq(struck(THS_SIM_FAULT_SLOW), 10);
	cr_assert_eq(world.pings, 10);
	end();
}

/* ------------------------------------------------------------------- timers */

static void
wait_for_timer(void)
{
	cr_assert_eq(ths_tell(world.vm, world.pinged, set), THS_OK);
	sim_sleep(&world.sim, (uint64_t)THS_SECONDS(PATIENCE_S));
}

Test(sim_fault, makes_timers_late_and_never_early)
{
	const ths_duration max = THS_MILLISECONDS(50);
	ths_duration late;

	run(&(ths_sim_faults){ 0 }, wait_for_timer);
	cr_assert_eq(struck(THS_SIM_FAULT_LATE), 0);
	late = world.woken - world.due;
	cr_assert_geq(late, 0);
	end();
	cr_assert_lt(late, THS_MILLISECONDS(3)); /* ticks */
	run(&(ths_sim_faults){ .late_one_in = 1, .late_max = max },
	    wait_for_timer);
	cr_assert_gt(struck(THS_SIM_FAULT_LATE), 0);
	late = world.woken - world.due;
	cr_assert_geq(late, THS_MILLISECONDS(3));
	/* A worker that keeps watch may be late twice. */
	cr_assert_leq(late, 2 * max + THS_MILLISECONDS(3));
	end();
}

Test(sim_fault, refuses_timers)
{
	run(&(ths_sim_faults){ .timer_at = 1 }, wait_for_timer);
	cr_assert_eq(world.set, THS_NO_MEMORY);
	cr_assert_eq(world.woken, 0);
	cr_assert_eq(struck(THS_SIM_FAULT_TIMER), 1);
	end();
}

/* -------------------------------------------------------------------- dates */

#define JUMP_MAX THS_SECONDS(10)

static void
read_dates(void)
{
	ths_duration now;

	/* The third one who reads it finds that it has jumped, and so do all
	 * from then on. */
	cr_assert_eq(off(ths_vm_wall_clock(world.vm)), 0);
	cr_assert_eq(off(ths_vm_wall_clock(world.vm)), 0);
	now = ths_sim_now(&world.sim);
	cr_assert_eq(call(NULL, 0), THS_OK);
	cr_assert_lt(ths_sim_now(&world.sim) - now, THS_MILLISECONDS(1),
	    "no time has gone by for that");
	cr_assert(world.off != 0 && world.off <= JUMP_MAX &&
	    world.off >= -JUMP_MAX);
	sim_sleep(&world.sim, (uint64_t)THS_SECONDS(3600));
	cr_assert_eq(off(ths_vm_wall_clock(world.vm)), world.off);
}

Test(sim_fault, makes_the_date_jump_and_go_on_from_there)
{
	run(&(ths_sim_faults){ .wall_at = 3, .wall_max = JUMP_MAX },
	    read_dates);
	cr_assert_eq(ths_sim_occasions(&world.sim, THS_SIM_FAULT_WALL), 4);
	cr_assert_eq(struck(THS_SIM_FAULT_WALL), 1);
	/* Home is spared. */
	ths_sim_faults_set(&world.sim, &(ths_sim_faults){ .wall_one_in = 1 });
	cr_assert_eq(off(ths_vm_wall_clock(world.vm)), world.off);
	cr_assert_eq(ths_sim_occasions(&world.sim, THS_SIM_FAULT_WALL), 4);
	end();
}

static void
read_on_and_on(void)
{
	ths_duration before = 0;
	int back = 0;

	for (int i = 0; i < 100; i++) {
		ths_duration now = off(ths_vm_wall_clock(world.vm));

		cr_assert(now != before && now - before <= JUMP_MAX &&
		    before - now <= JUMP_MAX);
		back += now < before;
		before = now;
	}
	cr_assert(back > 20 && back < 80, "%d of 100 go back", back);
}

Test(sim_fault, makes_the_date_jump_either_way)
{
	run(&(ths_sim_faults){ .wall_one_in = 1, .wall_max = JUMP_MAX },
	    read_on_and_on);
	cr_assert_eq(struck(THS_SIM_FAULT_WALL), 100);
	end();
}

static void
read_at_the_ends_of_time(void)
{
	ths_time earliest = INT64_MAX;
	ths_time latest = INT64_MIN;

	for (int i = 0; i < 1000; i++) {
		ths_time date = ths_vm_wall_clock(world.vm);

		earliest = date < earliest ? date : earliest;
		latest = date > latest ? date : latest;
	}
	cr_assert_eq(latest, INT64_MAX);
	cr_assert_leq(earliest, INT64_MIN + SIM_DATE +
	    ths_sim_now(&world.sim));
}

Test(sim_fault, keeps_the_date_within_what_there_is)
{
	run(&(ths_sim_faults){ .wall_one_in = 1, .wall_max = INT64_MAX },
	    read_at_the_ends_of_time);
	end();
}

/* -------------------------------------------------------------------- calls */

static void
call_twice(void)
{
	cr_assert_eq(call(NULL, 0), THS_NO_MEMORY);
	cr_assert_eq(call(NULL, 0), THS_OK);
}

Test(sim_fault, refuses_calls)
{
	run(&(ths_sim_faults){ .call_at = 1 }, call_twice);
	cr_assert_eq(struck(THS_SIM_FAULT_CALL), 1);
	cr_assert_eq(world.pings, 1);
	end();
}

/* ------------------------------------------------------------------- deaths */

static void
call_on_and_on(void *argument)
{
	(void)argument;
	ths_sim_mortal(&world.sim, true);
	for (;;) {
		world.entered++;
		cr_assert_eq(call(NULL, 0), THS_OK);
	}
}

static void
mourn(void)
{
	uint32_t number;
	ths_vm_status status;

	cr_assert_eq(call(NULL, 0), THS_OK); /* no occasion: it is not mortal */
	cr_assert_eq(sim_spawn(&world.sim, "mortal", call_on_and_on, NULL,
	    &number), THS_OK);
	sim_join(&world.sim, number);
	ths_vm_status_read(world.vm, &status);
	cr_assert_eq(status.clients, 2); /* of home, and of this thread */
	cr_assert_eq(call(NULL, 0), THS_OK);
}

Test(sim_fault, ends_a_mortal_thread_between_two_calls)
{
	run(&(ths_sim_faults){ .death_at = 4 }, mourn);
	cr_assert_eq(struck(THS_SIM_FAULT_DEATH), 1);
	cr_assert_eq(world.entered, 4);
	cr_assert_eq(world.pings, 1 + 3 + 1);
	end();
}

/* --------------------------------------------------------------- signatures */

static void
call_often(void)
{
	for (int i = 0; i < 20; i++)
		(void)call(NULL, 0);
}

Test(sim_fault, are_part_of_the_signature_and_come_again)
{
	const ths_sim_faults faults = { .handler_one_in = 3,
		.memory_one_in = 10, .slow_one_in = 4, .late_one_in = 4,
		.call_one_in = 5, .wall_one_in = 5 };
	uint64_t first;

	run(&faults, call_often);
	first = world.sim.signature;
	end();
	run(&faults, call_often);
	cr_assert_eq(world.sim.signature, first);
	end();
	run(&(ths_sim_faults){ 0 }, call_often);
	cr_assert_neq(world.sim.signature, first);
	end();
}
