/* SPDX-License-Identifier: MIT */
/* families: the scenes of tests/scenes/families.h, played with real workers and
 * inline.  tests/sim/sim_families.c plays them, too. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/families.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		memset(&families, 0, sizeof(families));
		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0, .log_level = THS_LOG_NONE });
		scene(world.vm);
		world_end(&world);
	}
}

Test(families, end_from_the_youngest, .description = "T-137 D-05",
    .timeout = 60)
{
	/* T-137 */
	play(families_end_from_the_youngest);
}

Test(families, replace_who_ends,
    .description = "T-135 T-142 D-06 D-10 D-32", .timeout = 60)
{
	/* T-135, T-142 */
	play(families_replace_who_ends);
}

Test(families, outlive_who_ends_alone, .description = "T-138 D-22",
    .timeout = 60)
{
	/* T-138 */
	play(families_outlive_who_ends_alone);
}

Test(families, survive_a_child_not_born, .description = "T-153 D-03 D-04",
    .timeout = 60)
{
	/* T-153 */
	play(families_survive_a_child_not_born);
}

Test(families, obey_the_first_request, .description = "T-136 D-29",
    .timeout = 60)
{
	/* T-136 */
	play(families_obey_the_first_request);
}

Test(families, keep_the_order_of_an_end, .description = "T-117 D-27 D-30",
    .timeout = 60)
{
	/* T-117 */
	play(families_keep_the_order_of_an_end);
}

Test(families, are_told_of_each_of_many, .description = "T-156 D-35",
    .timeout = 60)
{
	/* T-156 */
	play(families_are_told_of_each_of_many);
}
