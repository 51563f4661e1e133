/* SPDX-License-Identifier: MIT */
/* sharing: one client, and one VM, used by many threads of the host at once. */
#include "tests/unit/vm/player.h"

#include "tests/scenes/sharing.h"

static struct sharing sharing;

static void *
sharer_main(void *argument)
{
	share(argument);
	return NULL;
}

static void
share_all(ths_vm_config config)
{
	pthread_t threads[SHARERS];
	struct world world;

	world_begin_with(&world, config);
	sharing_begin(&sharing, world.vm, 100);
	for (int i = 0; i < SHARERS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, sharer_main,
		    &sharing.sharers[i]), 0);
	for (int i = 0; i < SHARERS; i++)
		pthread_join(threads[i], NULL);
	sharing_end(&sharing);
	world_end(&world);
}

/* B-19, without modules. */
Test(sharing, of_one_client_gives_each_call_its_own_result,
    .description = "T-079 B-19")
{
	share_all((ths_vm_config){ .workers = 2 });
	share_all((ths_vm_config){ .mode = THS_MODE_INLINE });
}

/* ------------------------------------------------ who waits holds up nobody */

static void *
listen_for_ever(void *argument)
{
	struct sharing *all = argument;
	ths_mail *mail = ths_client_listen(all->client, THS_FOREVER);

	cr_assert_eq(value_of(mail), 77);
	atomic_fetch_add(&all->heard, 1);
	return NULL;
}

/* Calls of another kind, of the same client, go on while one waits. */
Test(sharing, of_a_client_that_waits_holds_up_no_other_kind_of_call)
{
	struct world world;
	pthread_t thread;
	ths_address address;
	const ths_variant on = { .kind = THS_KIND_BOOL, .truth = true };

	world_begin_local(&world, 2);
	sharing_begin(&sharing, world.vm, 0);
	cr_assert_eq(pthread_create(&thread, NULL, listen_for_ever,
	    &sharing), 0);
	world_sleep_ms(5);
	cr_assert_eq(ths_spawn_wait(world.vm, &address, &mute_actor, NULL,
	    LONG, NULL, 0), THS_OK);
	cr_assert_eq(ths_client_tell(sharing.client, address, hello), THS_OK);
	cr_assert_eq(ths_client_tell_wait(sharing.client, address, LONG,
	    goodbye), THS_OK);
	cr_assert_eq(ths_capability_set(world.vm, "on", &on), THS_OK);
	cr_assert_eq(atomic_load(&sharing.heard), 0);
	/* Receives wait for each other, within their own limit. */
	cr_assert_eq(status_of(ths_client_listen(sharing.client,
	    THS_MILLISECONDS(5))), THS_TIMEOUT);
	cr_assert_eq(ths_client_tell(sharing.client, sharing.talker, hello,
	    .value = 77), THS_OK);
	pthread_join(thread, NULL);
	cr_assert_eq(atomic_load(&sharing.heard), 1);
	sharing_end(&sharing);
	world_end(&world);
}

/* ------------------------------------------------------------- capabilities */

static atomic_bool is_released;

static ths_status
blocker_hello(ths_self *self, ths_nothing *nothing, const struct hello *hello)
{
	(void)self, (void)nothing, (void)hello;
	while (!atomic_load(&is_released))
		world_sleep_ms(1);
	return THS_OK;
}

THS_ACTOR(blocker, ths_nothing, THS_ON(hello, blocker_hello),
    THS_NEEDS(sharing_needs))

/* T-080: an update waits for no actor, not even for one that is to end
 * by it. */
static void
update_while_all_are_busy(void)
{
	struct world world;
	ths_address blocker;
	uint64_t since;

	atomic_store(&is_released, false);
	world_begin_local(&world, 1);
	set_switch(world.vm, true);
	blocker = start_one(world.vm, &blocker_actor);
	cr_assert_eq(ths_tell(world.vm, blocker, hello), THS_OK);
	since = vm_now(world.vm);
	set_switch(world.vm, false);
	cr_assert_lt(vm_now(world.vm) - since, (uint64_t)THS_SECONDS(5));
	cr_assert_eq(ths_wait(world.vm, blocker, 0, NULL), THS_TIMEOUT);
	atomic_store(&is_released, true);
	cr_assert_eq(ths_wait(world.vm, blocker, LONG, NULL), THS_OK);
	world_end(&world);
}

Test(sharing, of_capabilities_is_for_any_thread, .description = "T-080")
{
	const ths_variant on = { .kind = THS_KIND_BOOL, .truth = true };
	struct world world;

	for (int mode = THS_MODE_LOCAL; mode <= THS_MODE_INLINE; mode++) {
		world_begin_with(&world, (ths_vm_config){
		    .mode = (ths_mode)mode });
		sharing_of_capabilities(world.vm);
		cr_assert_eq(ths_vm_stop(world.vm, LONG), THS_OK);
		cr_assert_eq(ths_capability_set(world.vm, "on", &on),
		    THS_STOPPED);
		world_end(&world);
	}
	update_while_all_are_busy();
}
