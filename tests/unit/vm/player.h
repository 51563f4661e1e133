/* SPDX-License-Identifier: MIT */
/*
 * player - plays a scene of tests/scenes inline, and with one, two and three
 * workers; see tests/scenes/stage.h.
 */
#ifndef TESTS_UNIT_VM_PLAYER_H
#define TESTS_UNIT_VM_PLAYER_H

#include <sched.h>

#include "tests/unit/vm/world.h"

#define STAGE_CHECK(x) cr_assert(x, "%s:%d", __FILE__, __LINE__)
#define STAGE_PAUSE() sched_yield()
#define STAGE_SLACK THS_SECONDS(20)
#define STAGE_MANY 100

enum { PLAYER_WORKERS_MAX = 3 };

/* Plays in VMs that are as config says, but for mode and workers. */
static inline void
player_play_with(void (*scene)(ths_vm *vm), ths_vm_config config)
{
	struct world world;

	for (uint32_t workers = 0; workers <= PLAYER_WORKERS_MAX; workers++) {
		config.mode = workers == 0 ? THS_MODE_INLINE : THS_MODE_LOCAL;
		config.workers = workers;
		world_begin_with(&world, config);
		scene(world.vm);
		world_end(&world);
	}
}

static inline void
player_play(void (*scene)(ths_vm *vm))
{
	player_play_with(scene, (ths_vm_config){ .workers = 0 });
}

#endif
