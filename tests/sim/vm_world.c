/* SPDX-License-Identifier: MIT */
/* vm_world - a simulated VM with its clients; see vm_world.h. */
#include "tests/sim/vm_world.h"

#include <stdio.h>

/* Warnings are expected where dead letters are; errors never. */
static void
on_log(void *context, ths_log_level level, const char *line)
{
	char what[512];

	(void)context;
	if (level < THS_LOG_ERROR)
		return;
	snprintf(what, sizeof(what), "logged as an error: %s", line);
	seeds_fail(__FILE__, __LINE__, what);
}

void
vm_world_start(struct vm_world *world, ths_sim *sim,
    const ths_vm_config *config)
{
	ths_vm_config wanted = { 0 };

	if (config != NULL)
		wanted = *config;
	if (wanted.log == NULL)
		wanted.log = on_log;
	world->sim = sim;
	if (world->stop_timeout == 0)
		world->stop_timeout = THS_SECONDS(100);
	SEEDS_CHECK(sim_vm_start(&world->sim_vm, sim, &wanted) == THS_OK);
	world->vm = world->sim_vm.vm;
}

void
vm_world_client(struct vm_world *world, const char *name,
    void (*function)(void *argument), void *argument)
{
	SEEDS_CHECK(world->clients_count < VM_WORLD_CLIENTS_MAX);
	world->clients[world->clients_count++] = seeds_spawn(world->sim, name,
	    function, argument);
}

static void
stop(void *argument)
{
	struct vm_world *world = argument;

	for (uint32_t i = 0; i < world->clients_count; i++)
		sim_join(world->sim, world->clients[i]);
	world->stopped = ths_vm_stop(world->vm, world->stop_timeout);
}

void
vm_world_stopper(struct vm_world *world)
{
	seeds_spawn(world->sim, "stopper", stop, world);
}

uint64_t
vm_world_dead(const struct vm_world *world)
{
	uint64_t dead = 0;

	for (int i = 0; i < THS_DEAD_COUNT; i++)
		dead += world->status.dead[i];
	return dead;
}

void
vm_world_end(struct vm_world *world)
{
	ths_vm_status *status = &world->status;

	ths_vm_status_read(world->vm, status);
	SEEDS_CHECK(status->accepted == status->handled + status->absorbed +
	    vm_world_dead(world));
	SEEDS_CHECK(status->queued == 0);
	SEEDS_CHECK(status->actors == 0);
	SEEDS_CHECK(status->spawned == status->exited);
	SEEDS_CHECK(status->blobs == 0);
	ths_vm_free(world->vm);
}
