/* SPDX-License-Identifier: MIT */
/* limits - what a configured number means: it can be reached, and is exact. */
#include "tests/unit/vm/world.h"

THS_SIGNAL(poke)

static ths_status
poked_poke(ths_self *self, ths_nothing *nothing, const struct poke *poke)
{
	(void)self;
	(void)nothing;
	(void)poke;
	return THS_OK;
}

THS_ACTOR(poked, ths_nothing, THS_ON(poke, poked_poke))

Test(limits, a_client_takes_one_of_actors_max)
{
	struct world world;
	ths_client *client;
	ths_address address;

	world_begin_with(&world, (ths_vm_config){ .workers = 1,
		.actors_max = 16384 });
	for (int i = 0; i < 300; i++)
		cr_assert_eq(ths_client_open(world.vm, &client), THS_OK,
		    "client %d of 16384", i);
	cr_assert_eq(ths_spawn(world.vm, &address, &poked_actor, NULL), THS_OK);
	world_end(&world);
}

Test(limits, a_mailbox_limit_is_kept_or_refused)
{
	enum { LIMIT = 1200000 };
	ths_spawn_options options = { .mailbox_max = LIMIT };
	struct world world;
	ths_address address;
	ths_status status;

	world_begin_inline(&world);
	status = ths_spawn(world.vm, &address, &poked_actor, &options);
	if (status == THS_OK) {
		for (int i = 0; i <= LIMIT; i++)
			ths_tell(world.vm, address, poke);
		cr_assert_eq(world_dead(&world, THS_DEAD_FULL), 1);
	} else {
		cr_assert_eq(status, THS_BAD_ARGUMENT);
	}
	world_end(&world);
}

Test(limits, the_same_seed_makes_no_second_vm_of_the_same_name)
{
	ths_vm_config config = { .mode = THS_MODE_INLINE, .seed = 7 };
	struct world one, other;
	ths_address here, there;

	world_begin_with(&one, config);
	world_begin_with(&other, config);
	here = world_spawn(&one, &poked_actor);
	there = world_spawn(&other, &poked_actor);
	cr_assert_not(ths_address_equal(here, there));
	cr_assert_eq(ths_tell(one.vm, there, poke), THS_GONE);
	ths_vm_run(one.vm, 0);
	cr_assert_eq(world_dead(&one, THS_DEAD_FOREIGN), 1);
	world_end(&one);
	world_end(&other);
}
