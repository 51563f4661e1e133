/* SPDX-License-Identifier: MIT */
/*
 * alarms, simulated: the scenes of tests/scenes/alarms.h, one after the other
 * or by several clients at once, inline or with workers.
 *
 * If this fails, a wake-up is lost, doubled, early or held up by one that is
 * due later; or what waits is not seen as it is.
 */
#include "tests/sim/player.h"

#include "tests/scenes/alarms.h"

/* How late a wake-up may be here, where no work takes time. */
#define SLACK THS_MILLISECONDS(50)

enum { SETTERS = 4 };

static struct world {
	struct vm_world base;
} world;

static void
play(void *argument)
{
	ths_vm *vm = world.base.vm;

	(void)argument;
	alarms_ring_once(vm);
	alarms_ring_in_order(vm);
	alarms_are_seen(vm);
	alarms_tell_their_payloads(vm);
	alarms_end_with_their_owner(vm);
	alarms_without_delay_ring_at_once(vm);
	alarms_ring_in_a_full_mailbox(vm);
}

/* F-14 */
static void
set(void *argument)
{
	(void)argument;
	alarms_ring_before_far_ones(world.base.vm, SLACK);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 3) == 0;

	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 2, .slice_max = 3 });
	if (sim_random(sim, 2) == 0)
		vm_world_client(&world.base, "sleeper", play, NULL);
	else
		for (int i = 0; i < SETTERS; i++)
			vm_world_client(&world.base, "setter", set, NULL);
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
		.what = "A wake-up comes once, not early, and not too late.",
		.description = "T-190 T-191 F-01 F-02 F-03 F-04 F-05 F-06 "
		    "F-14 F-15 M-03",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
