/* SPDX-License-Identifier: MIT */
/*
 * guests, simulated: the scenes of tests/scenes/guests.h, one after the other,
 * or several clients at once; inline or with workers.
 *
 * If this fails, a client gets the mail of another, or none; mail for one who
 * has gone is lost or met by who lives there now; or a limit loses mail.
 */
#include "tests/sim/player.h"

#define GUESTS_MANY 4
#include "tests/scenes/guests.h"

enum { VISITORS = 3 };

static struct world {
	struct vm_world base;
	seeds_count visitors; /* who have begun */
} world;

/* These count the VM's clients, so they have it for themselves. */
static void
host(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	guests_wait_for_the_clerk(vm);
	guests_leave_nothing_behind(vm);
	guests_do_not_obey(vm);
	guests_have_a_limit(vm);
	guests_may_ask_for_a_status(vm);
}

static void
visit(void *argument)
{
	(void)argument;
	guests_keep_their_mail_apart(world.base.vm,
	    seeds_add(&world.visitors, 1));
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 2, .slice_max = 3 });
	if (sim_random(sim, 2) == 0)
		vm_world_client(&world.base, "host", host, NULL);
	else
		for (int i = 0; i < VISITORS; i++)
			vm_world_client(&world.base, "visitor", visit, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A client has its own mail, and leaves nothing behind.",
		.description = "T-010 T-077 T-078 A-08 B-08 B-10 B-12 B-18 "
		    "B-20 D-28",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
