/* SPDX-License-Identifier: MIT */
/*
 * slots, simulated: actors that live for a few letters, clients that go on
 * writing to the addresses of those long gone while new ones move into their
 * slots.
 *
 * If this fails, a letter to a dead actor is read by whoever lives in its slot
 * now, or is lost without a dead letter: every letter names whom it means, and
 * every one sent is either read or dead, once.
 */
#include "tests/sim/vm_world.h"

/* A small limit of actors makes free slots go round at once. */
enum { CLIENTS = 3, LIVES = 6, LETTERS = 3, OLD = 4, ACTORS_MAX = 32 };

THS_MESSAGE(letter,
    THS_FIELD(ths_address, to),
    THS_FIELD(bool, is_last))

static struct world {
	struct vm_world base;
	seeds_count sent;
	seeds_count read;
} world;

static ths_status
on_letter(ths_self *self, ths_nothing *nothing, const struct letter *letter)
{
	(void)nothing;
	/* T-095 */
	SEEDS_CHECK(ths_address_equal(letter->to, ths_me(self)));
	seeds_add(&world.read, 1);
	if (letter->is_last)
		ths_exit(self);
	return THS_OK;
}

THS_ACTOR(reader, ths_nothing, THS_ON(letter, on_letter))

static void
write_to(ths_client *client, ths_address to, bool is_last)
{
	SEEDS_CHECK(ths_tell_message(world.base.vm, client, to,
	    THS_PAYLOAD(letter, .to = to, .is_last = is_last)) == THS_OK);
	seeds_add(&world.sent, 1);
}

static void
write_letters(void *argument)
{
	ths_address old[OLD];
	ths_client *client;

	(void)argument;
	SEEDS_CHECK(ths_client_open(world.base.vm, &client) == THS_OK);
	for (uint32_t life = 0; life < LIVES; life++) {
		ths_address *to = &old[life % OLD];

		SEEDS_CHECK(ths_spawn(world.base.vm, to, &reader_actor, NULL) ==
		    THS_OK);
		for (int i = 0; i < LETTERS; i++)
			write_to(client, *to, i == LETTERS - 2);
		if (life >= OLD - 1)
			write_to(client, old[sim_random(world.base.sim, OLD)],
			    true);
	}
	ths_client_close(client);
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
	    .workers = 3, .actors_max = ACTORS_MAX });
	for (int i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "writer", write_letters, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	const ths_vm_status *status = &world.base.status;

	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(status->handled == world.read);
	SEEDS_CHECK(status->spawned == CLIENTS * LIVES);
	/* T-599 */
	SEEDS_CHECK(world.sent == world.read + vm_world_dead(&world.base));
	SEEDS_CHECK(vm_world_dead(&world.base) ==
	    status->dead[THS_DEAD_STALE] + status->dead[THS_DEAD_EXITED]);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A letter is read by whom it means, or is dead.",
		.description = "T-095 T-599",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
