/* SPDX-License-Identifier: MIT */
/*
 * mishaps - programs that go wrong in certain seeds, each in a way of its own:
 * thespis-sim must tell all of them.  No VM is needed for that.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <thespis/sim.h>

static struct world {
	ths_sim *sim;
	uint64_t number; /* that the seed has drawn */
} world;

/* Other seeds draw other numbers; a seed always the same. */
static void
begin(ths_sim *sim)
{
	world.sim = sim;
	world.number = ths_sim_random(sim, 1u << 30);
}

static void
pass(void *argument)
{
	(void)argument;
	for (uint64_t i = 0; i < 1 + world.number % 5; i++)
		ths_sim_sleep(world.sim, 1);
}

/* Some threads that sleep: orders differ. */
static void
idle_about(ths_sim *sim)
{
	for (int i = 0; i < 4; i++)
		ths_sim_thread(sim, "idler", pass, NULL);
}

/* -------------------------------------------------------------------- good */

static void
start_good(ths_sim *sim)
{
	begin(sim);
	idle_about(sim);
}

/* ------------------------------------------------------------------- fails */

static void
fail(void *argument)
{
	(void)argument;
	pass(NULL);
	THS_SIM_CHECK(world.sim, world.number % 4 != 0);
}

static void
start_fails(ths_sim *sim)
{
	start_good(sim);
	ths_sim_thread(sim, "failer", fail, NULL);
}

/* ----------------------------------------------------------------- crashes */

static void
crash(void *argument)
{
	(void)argument;
	if (world.number % 4 != 0)
		return;
	fprintf(stderr, "last words\n");
	abort();
}

static void
start_crashes(ths_sim *sim)
{
	start_good(sim);
	ths_sim_thread(sim, "crasher", crash, NULL);
}

static void
end_exits(ths_sim *sim)
{
	(void)sim;
	if (world.number % 4 == 0)
		exit(7);
}

/* ------------------------------------------------------------------- hangs */

static void
hang(void *argument)
{
	(void)argument;
	while (world.number % 16 == 0)
		raise(0);
}

static void
start_hangs(ths_sim *sim)
{
	start_good(sim);
	ths_sim_thread(sim, "hanger", hang, NULL);
}

/* ----------------------------------------------------------------- forgets */

static void
start_forgets(ths_sim *sim)
{
	static uint32_t runs; /* outlives the run, and that is the mistake */

	begin(sim);
	for (uint32_t i = 0; i <= runs; i++)
		ths_sim_thread(sim, "idler", pass, NULL);
	runs = (runs + 1) % 5;
}

/* -------------------------------------------------------------------- dull */

static void
start_dull(ths_sim *sim)
{
	world.sim = sim;
	ths_sim_thread(sim, "loner", pass, NULL);
}

/* -------------------------------------------------------------------- slow */

static void
dawdle(void *argument)
{
	const struct timespec while_ = { 0, 20 * 1000 * 1000 };

	(void)argument;
	nanosleep(&while_, NULL);
}

static void
start_slow(ths_sim *sim)
{
	begin(sim);
	ths_sim_thread(sim, "slowcoach", dawdle, NULL);
}

/* ------------------------------------------------------------------- stuck */

static void
wait_for_ever(void *vm)
{
	ths_mail_free(ths_listen(vm, NULL, THS_FOREVER));
}

static void
start_stuck(ths_sim *sim)
{
	begin(sim);
	ths_sim_thread(sim, "sleeper", wait_for_ever, ths_sim_vm(sim, NULL));
}

/* ------------------------------------------------------------------- trusts */

static void
measure(void *vm)
{
	ths_time began = ths_vm_wall_clock(vm);

	pass(NULL);
	/* A span by the date, which may jump meanwhile. */
	THS_SIM_CHECK(world.sim, ths_vm_wall_clock(vm) - began <
	    THS_SECONDS(1));
}

static void
start_trusts(ths_sim *sim)
{
	ths_vm *vm;

	start_good(sim);
	vm = ths_sim_vm(sim, &(ths_vm_config){ .mode = THS_MODE_INLINE });
	ths_sim_thread(sim, "timekeeper", measure, vm);
}

/* --------------------------------------------------------------------- all */

#define PROGRAM(name_, what_, start_, end_) \
	static const ths_sim_program name_ = { .name = #name_, \
		.what = what_, .state = &world, .state_size = sizeof(world), \
		.start = start_, .end = end_ }

PROGRAM(good, "All goes well.", start_good, NULL);
PROGRAM(fails, "Now and then not.", start_fails, NULL);
PROGRAM(crashes, "The process dies.", start_crashes, NULL);
PROGRAM(exits, "The process ends.", start_good, end_exits);
PROGRAM(hangs, "It never comes back.", start_hangs, NULL);
PROGRAM(forgets, "No two runs are alike.", start_forgets, NULL);
PROGRAM(dull, "All runs are alike.", start_dull, NULL);
PROGRAM(slow, "It takes its time.", start_slow, NULL);
PROGRAM(stuck, "A thread waits for ever.", start_stuck, NULL);
PROGRAM(trusts, "It goes by the date.", start_trusts, NULL);

THS_SIM_PROGRAMS(&good, &fails, &crashes, &exits, &hangs, &forgets, &dull,
    &slow, &stuck, &trusts);
