/* SPDX-License-Identifier: MIT */
/*
 * seeds - the frame of every program in tests/sim; see seeds.h.
 *
 * A check that fails in a simulated thread leaves that thread for ever.  At
 * home there is somebody to go back to: what began or ends the run.
 */
#include "tests/sim/seeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/sim/command.h"

enum { WHAT_SIZE = 512 };

static const struct seeds_program *played;
static ths_sim *running;
static jmp_buf home;

_Noreturn void
seeds_fail(const char *file, int line, const char *format, ...)
{
	char what[WHAT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
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

static void
start(ths_sim *sim)
{
	running = sim;
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
	};

	played = program;
	return command_main_of(argc, argv, &explored);
}
