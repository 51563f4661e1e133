/* SPDX-License-Identifier: MIT */
/* labour: the scene of tests/scenes/labour.h, played with real workers and
 * inline. tests/sim/sim_labour.c plays it, too. */
#include <stdlib.h>

#include "tests/unit/vm/player.h"

struct job {
	pthread_t id;
	void (*function)(void *argument);
	void *argument;
};

static void *
run_job(void *argument)
{
	const struct job *job = argument;

	job->function(job->argument);
	return NULL;
}

typedef struct job *labour_thread;

static void
labour_start(labour_thread *thread, void (*function)(void *argument),
    void *argument)
{
	struct job *job = malloc(sizeof(*job));

	cr_assert_not_null(job);
	*job = (struct job){ .function = function, .argument = argument };
	cr_assert_eq(pthread_create(&job->id, NULL, run_job, job), 0);
	*thread = job;
}

static void
labour_join(labour_thread thread)
{
	cr_assert_eq(pthread_join(thread->id, NULL), 0);
	free(thread);
}

#define LABOUR_LETTERS 100
#include "tests/scenes/labour.h"

static void
play(ths_mode mode, uint32_t workers)
{
	static const uint32_t hands[] = { 1, 2, 10, LABOUR_HANDS };
	struct world world;

	world_begin_with(&world, (ths_vm_config){ .mode = mode,
	    .workers = workers });
	for (size_t i = 0; i < sizeof(hands) / sizeof(hands[0]); i++)
		labour_ends(world.vm, hands[i]);
	world_end(&world);
}

Test(labour, of_many_threads_ends, .description = "F-12", .timeout = 100)
{
	play(THS_MODE_LOCAL, 1);
	play(THS_MODE_LOCAL, 2);
	play(THS_MODE_INLINE, 0);
}
