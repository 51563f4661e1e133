/* SPDX-License-Identifier: MIT */
/*
 * seeds - the frame of every program in tests/sim; see seeds.h.
 *
 * A check that fails in a simulated thread leaves that thread for ever.  At
 * home there is somebody to go back to: what began or ends the run.
 */
#include "tests/sim/seeds.h"

#include <setjmp.h>
#include <string.h>

#include "tools/sim/command.h"

static const struct seeds_program *played;
static ths_sim *running;
static jmp_buf home;

_Noreturn void
seeds_fail(const char *file, int line, const char *what)
{
	ths_sim_fail(running, file, line, "%s", what);
	longjmp(home, 1);
}

uint32_t
seeds_spawn(ths_sim *sim, const char *name, void (*function)(void *argument),
    void *argument)
{
	uint32_t number;

	SEEDS_CHECK(sim_spawn(sim, name, function, argument, &number) ==
	    THS_OK);
	return number;
}

/* Every other seed is spared, unless somebody has asked for faults. */
static bool
is_spared(const ths_sim *sim)
{
	return sim->config.seed % 2 == 0 && memcmp(&sim->config.faults,
	    &played->faults, sizeof(played->faults)) == 0;
}

static void
start(ths_sim *sim)
{
	running = sim;
	if (is_spared(sim))
		ths_sim_faults_set(sim, &(ths_sim_faults){ 0 });
	if (setjmp(home) == 0)
		played->start(sim);
}

static void
end(ths_sim *sim)
{
	if (setjmp(home) == 0)
		played->end(sim);
}

int
seeds_main(int argc, char **argv, const struct seeds_program *program)
{
	const char *slash = strrchr(argv[0], '/');
	const ths_sim_program explored = {
		.name = slash == NULL ? argv[0] : slash + 1,
		.what = program->what,
		.description = program->description,
		.state = program->world,
		.state_size = program->world_size,
		.start = start,
		.end = end,
		.faults = program->faults,
	};

	played = program;
	return command_main_of(argc, argv, &explored);
}
