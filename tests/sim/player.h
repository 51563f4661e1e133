/* SPDX-License-Identifier: MIT */
/*
 * player - what a scene of tests/scenes needs to be played in a simulated
 * world; see tests/scenes/stage.h.  A program for which "many" is dear defines
 * it first.
 */
#ifndef TESTS_SIM_PLAYER_H
#define TESTS_SIM_PLAYER_H

#include "base/sched_point.h"
#include "tests/sim/vm_world.h"

#define STAGE_CHECK(x) SEEDS_CHECK(x)
#define STAGE_PAUSE() sched_point(SCHED_SITE_CLIENT)
#define STAGE_SLACK THS_MILLISECONDS(1)
#ifndef STAGE_MANY
#define STAGE_MANY 3
#endif

#endif
