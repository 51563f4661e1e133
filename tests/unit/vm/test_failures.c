/* SPDX-License-Identifier: MIT */
/* failures: the scenes of tests/scenes/failures.h, played with real workers and
 * inline.  tests/sim/sim_failures.c plays them, too. */
#include "tests/unit/vm/world.h"

#define STAGE_CHECK(x) cr_assert(x)
#include "tests/scenes/failures.h"

static void
play(void (*scene)(ths_vm *vm))
{
	for (int i = 0; i < 2; i++) {
		struct world world;

		world_begin_with(&world, (ths_vm_config){
		    .mode = i == 0 ? THS_MODE_LOCAL : THS_MODE_INLINE,
		    .workers = i == 0 ? 2 : 0, .log_level = THS_LOG_NONE });
		scene(world.vm);
		world_end(&world);
	}
}

Test(failures, poison_the_host, .description = "T-146 T-148 D-09 D-12 D-16",
    .timeout = 60)
{
	/* T-146, T-148 */
	play(failures_poison_the_host);
}

Test(failures, poison_who_sent, .description = "T-146 D-08 D-17",
    .timeout = 60)
{
	/* T-146 */
	play(failures_poison_who_sent);
}

Test(failures, do_not_stop_an_exit, .description = "T-149 D-11",
    .timeout = 60)
{
	/* T-149 */
	play(failures_do_not_stop_an_exit);
}

Test(failures, at_poison_end_there, .description = "T-146 D-19 D-20",
    .timeout = 60)
{
	/* T-146 */
	play(failures_at_poison_end_there);
}
