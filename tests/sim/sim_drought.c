/* SPDX-License-Identifier: MIT */
/*
 * drought, simulated: the scene of tests/scenes/drought.h, in which calls of
 * the allocator fail by their number, others for each seed: one, a few, or all
 * until there is memory again.
 *
 * If this fails, an actor that got THS_NO_MEMORY has half done it, or waits for
 * ever for what it did; an envelope is lost; or a VM that had no memory for a
 * while is not what it was before.
 */
#include "tests/sim/player.h"
#include "vm/endpoint/client.h"
#include "vm/vm.h"

static void drought_faults(bool is_dry);
#define DROUGHT_WEATHER(is_dry) drought_faults(is_dry)
#include "tests/scenes/drought.h"

enum { CALLS = 60, FEW = 10 };

static struct world {
	struct vm_world base;
	uint32_t from;
	uint32_t until;
	uint32_t one_in; /* allocations, envelopes included; 0: see from */
} world;

/* A world may refuse any of them. */
static void
drought_faults(bool is_dry)
{
	ths_sim_faults faults = world.base.sim->config.faults;

	if (world.one_in == 0)
		return;
	faults.memory_one_in = is_dry ? world.one_in : 0;
	ths_sim_faults_set(world.base.sim, &faults);
}

static void
play(void *argument)
{
	(void)argument;
	drought_play(world.base.vm, world.from, world.until);
}

static void
start(ths_sim *sim)
{
	bool is_inline = sim_random(sim, 4) == 0;

	memset(&drought, 0, sizeof(drought));
	switch (sim_random(sim, 4)) {
	case 0:
		world.from = sim_random(sim, CALLS);
		world.until = world.from + 1;
		break;
	case 1:
		world.from = sim_random(sim, CALLS);
		world.until = world.from + 2 + sim_random(sim, FEW);
		break;
	case 2:
		world.one_in = 1 + sim_random(sim, CALLS);
		world.from = world.until = UINT32_MAX;
		break;
	default:
		world.from = sim_random(sim, CALLS / 4);
		world.until = UINT32_MAX;
		break;
	}
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .mode = is_inline ? THS_MODE_INLINE : THS_MODE_LOCAL,
	    .workers = is_inline ? 0 : 3, .slice_max = 4,
	    .allocator = &drought_allocator,
	    .log_level = THS_LOG_NONE });
	vm_world_client(&world.base, "host", play, NULL);
	vm_world_stopper(&world.base);
}

/* Envelopes in nobody's cache. */
static int64_t
envelopes_out(const struct ths_vm *vm)
{
	const struct ths_client *client = client_first(vm);
	int64_t out = 0;

	for (uint32_t i = 0; i < vm->crews_count; i++)
		out += pool_cache_out(&vm->crews[i].cache);
	for (; client != NULL; client = client->next)
		out += pool_cache_out(&client->crew.cache);
	return out;
}

static void
end(ths_sim *sim)
{
	(void)sim;
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(envelopes_out(world.base.vm) == 0);
	SEEDS_CHECK(world.until != UINT32_MAX || world.one_in != 0 ||
	    stage_read(&drought.refused) > 0);
	vm_world_end(&world.base);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Without memory a deed is done, or not begun.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
