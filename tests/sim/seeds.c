/* SPDX-License-Identifier: MIT */
/*
 * seeds - the frame of every program in tests/sim; see seeds.h.
 *
 * A check that fails in a simulated thread leaves that thread for ever.  At
 * home there is somebody to go back to: what began or ends the run.
 */
#include "tests/sim/seeds.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tools/sim/command.h"

static const struct seeds_program *played;
static ths_sim *running;
static jmp_buf home;

/* Shared by the processes that play. */
struct tallies {
	seeds_count runs; /* as usual, with threads picked at random */
	seeds_count counts[SEEDS_TALLIES_MAX];
};

static struct tallies *tallies;

/* Prints what was tallied; false: something has never happened. */
static bool
report_tallies(const struct seeds_program *program)
{
	uint32_t runs = seeds_read(&tallies->runs);
	bool is_well = true;

	for (uint32_t i = 0; runs > 0 && program->tallies[i] != NULL; i++) {
		uint32_t count = seeds_read(&tallies->counts[i]);

		printf("%" PRIu32 " times %s, in %" PRIu32 " runs\n", count,
		    program->tallies[i], runs);
		is_well &= count > 0 || runs < SEEDS_ENOUGH;
	}
	return is_well;
}

void
seeds_tally(uint32_t index)
{
	seeds_add(&tallies->counts[index], 1);
}

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

/* Nobody has asked for other faults than the program's. */
static bool
is_usual(const ths_sim *sim)
{
	return memcmp(&sim->config.faults, &played->faults,
	    sizeof(played->faults)) == 0;
}

/* Every other seed is spared, unless somebody has asked for faults. */
static bool
is_spared(const ths_sim *sim)
{
	return sim->config.seed % 2 == 0 && is_usual(sim);
}

static void
start(ths_sim *sim)
{
	running = sim;
	if (is_usual(sim) && sim->config.picker == THS_SIM_RANDOM)
		seeds_add(&tallies->runs, 1);
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
	int result;

	played = program;
	tallies = mmap(NULL, sizeof(*tallies), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED) {
		perror(argv[0]);
		return 3;
	}
	result = command_main_of(argc, argv, &explored);
	if (result != 0 || report_tallies(program))
		return result;
	fprintf(stderr, "%s: something has never happened\n", argv[0]);
	return 1;
}
