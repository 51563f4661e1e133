/* SPDX-License-Identifier: MIT */
/* alarms: the scenes of tests/scenes/alarms.h, played with real workers and
 * inline.  tests/sim/sim_alarms.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/alarms.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0 });
		scene(world.vm);
		world_end(&world);
	}
}

Test(alarms, ring_once, .description = "F-01", .timeout = 60)
{
	play(alarms_ring_once);
}

/* A busy machine may be late; one that waits for the far one is later still. */
static void
ring_before_far_ones(ths_vm *vm)
{
	alarms_ring_before_far_ones(vm, THS_SECONDS(30));
}

Test(alarms, ring_before_far_ones, .description = "F-14", .timeout = 60)
{
	play(ring_before_far_ones);
}

Test(alarms, ring_in_order, .description = "T-190 F-15", .timeout = 60)
{
	play(alarms_ring_in_order);
}

Test(alarms, are_seen, .description = "T-191 M-03", .timeout = 60)
{
	play(alarms_are_seen);
}

Test(alarms, tell_their_payloads, .description = "F-02 F-03", .timeout = 60)
{
	play(alarms_tell_their_payloads);
}

Test(alarms, end_with_their_owner, .description = "F-04", .timeout = 60)
{
	play(alarms_end_with_their_owner);
}

Test(alarms, without_delay_ring_at_once, .description = "F-06", .timeout = 60)
{
	play(alarms_without_delay_ring_at_once);
}

Test(alarms, ring_in_a_full_mailbox, .description = "F-05", .timeout = 60)
{
	play(alarms_ring_in_a_full_mailbox);
}
