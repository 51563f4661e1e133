/* SPDX-License-Identifier: MIT */
/* dead_letters: the scenes of tests/scenes/dead_letters.h, played with real
 * workers and inline.  tests/sim/sim_dead_letters.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/dead_letters.h"

static void
begin(struct world *world, ths_mode mode)
{
	memset(&dead_letters, 0, sizeof(dead_letters));
	world_begin_with(world, (ths_vm_config){ .mode = mode,
	    .workers = mode == THS_MODE_LOCAL ? 2 : 0 });
}

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		begin(&world, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		scene(world.vm);
		world_end(&world);
	}
}

Test(dead_letters, go_to_the_latest_who_asked,
    .description = "T-170 T-171 E-02 E-04 E-05", .timeout = 60)
{
	/* T-170, T-171 */
	play(dead_letters_go_to_the_latest);
}

Test(dead_letters, end_with_their_handler, .description = "T-171 E-06",
    .timeout = 60)
{
	/* T-171 */
	play(dead_letters_end_with_their_handler);
}

Test(dead_letters, run_in_no_circle, .description = "T-173 E-07",
    .timeout = 60)
{
	/* T-173 */
	play(dead_letters_run_in_no_circle);
}

Test(dead_letters, stay_in_their_vm, .description = "T-172", .timeout = 60)
{
	for (int i = 0; i < 2; i++) {
		struct world world, other;

		begin(&world, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		begin(&other, i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE);
		/* T-172 */
		dead_letters_stay_in_their_vm(world.vm, other.vm);
		world_end(&other);
		world_end(&world);
	}
}
