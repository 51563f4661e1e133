/* SPDX-License-Identifier: MIT */
/*
 * an inline VM, simulated: a host's event loop that pumps when it is woken, two
 * threads that call and so pump too, and two that only tell.
 *
 * If this fails, work from outside lies there with nobody to pump it (a lost
 * wake-up between the pumper that leaves and the thread that tells), a caller
 * waits for a pumper that has gone, or two pump at once.
 */
#include "tests/sim/vm_world.h"

enum { CALLERS_MAX = 2, CALLS = 6, TELLERS = 2, TELLS = 8, TICKS = 3 };

THS_MESSAGE(hello, THS_FIELD(uint32_t, number))

static struct world {
	struct vm_world base;
	ths_address host;
	struct parker loop; /* where the event loop sleeps */
	seeds_count handled;
	uint32_t callers;
	uint32_t all;    /* messages to be handled */
	uint32_t ticks;  /* of those, wake-ups; a timer hides a lost wake */
	uint32_t inside;
} world;

static void
handle(void)
{
	/* Plain: only one pumps at a time, one after the other. */
	SEEDS_CHECK(world.inside++ == 0);
	sched_point(SCHED_SITE_CLIENT);
	SEEDS_CHECK(world.inside-- == 1);
	if (seeds_add(&world.handled, 1) + 1 == world.all)
		parker_wake(&world.loop);
}

struct greeter {
	uint32_t ticks;
};

static ths_status
on_start(ths_self *self, struct greeter *greeter)
{
	(void)greeter;
	if (world.ticks == 0)
		return THS_OK;
	return ths_timer_set(self, THS_MILLISECONDS(3), 0, NULL);
}

static ths_status
on_hello(ths_self *self, struct greeter *greeter, const struct hello *hello)
{
	(void)greeter;
	handle();
	if (hello->number == 0)
		return THS_OK;
	return ths_reply(self, hello, .number = hello->number);
}

static ths_status
on_wakeup(ths_self *self, struct greeter *greeter,
    const struct ths_wakeup *wakeup)
{
	(void)wakeup;
	handle();
	if (++greeter->ticks == world.ticks)
		return THS_OK;
	return ths_timer_set(self, THS_MILLISECONDS(3), 0, NULL);
}

THS_ACTOR(greeter, struct greeter,
    THS_START(on_start),
    THS_ON(hello, on_hello),
    THS_ON(ths_wakeup, on_wakeup))

/* From any thread. */
static void
wake_loop(void *context)
{
	(void)context;
	parker_wake(&world.loop);
}

static void
run_loop(void *argument)
{
	(void)argument;
	while (seeds_read(&world.handled) < world.all) {
		uint32_t ticket = parker_ticket(&world.loop);
		ths_duration left;

		ths_vm_run(world.base.vm, 0);
		left = ths_vm_next_deadline(world.base.vm);
		if (left > 0 && seeds_read(&world.handled) < world.all)
			parker_wait(&world.loop, ticket, clock_after(
			    clock_now(&world.base.sim->clock), left));
	}
}

static void
call(void *argument)
{
	(void)argument;
	for (uint32_t i = 1; i <= CALLS; i++) {
		ths_mail *mail = ths_call(world.base.vm, world.host,
		    THS_FOREVER, hello, .number = i);

		SEEDS_CHECK(ths_mail_as(mail, hello) != NULL);
		SEEDS_CHECK(ths_mail_as(mail, hello)->number == i);
		ths_mail_free(mail);
		sim_sleep(world.base.sim, sim_random(world.base.sim, 100));
	}
}

static void
tell(void *argument)
{
	(void)argument;
	for (int i = 0; i < TELLS; i++) {
		SEEDS_CHECK(ths_tell(world.base.vm, world.host, hello) ==
		    THS_OK);
		sim_sleep(world.base.sim, sim_random(world.base.sim, 100));
	}
}

static void
start(ths_sim *sim)
{
	world.ticks = sim_random(sim, 2) * TICKS;
	world.callers = sim_random(sim, CALLERS_MAX + 1);
	world.all = world.callers * CALLS + TELLERS * TELLS + world.ticks;
	parker_init(&world.loop, &sim->parker_port, &sim->clock);
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = THS_MODE_INLINE, .wake = wake_loop });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.host, &greeter_actor,
	    NULL) == THS_OK);
	vm_world_client(&world.base, "loop", run_loop, NULL);
	for (uint32_t i = 0; i < world.callers; i++)
		vm_world_client(&world.base, "caller", call, NULL);
	for (int i = 0; i < TELLERS; i++)
		vm_world_client(&world.base, "teller", tell, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.handled == world.all);
	SEEDS_CHECK(vm_world_dead(&world.base) == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An inline VM is pumped whenever there is work.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
