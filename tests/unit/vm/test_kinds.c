/* SPDX-License-Identifier: MIT */
/* kinds: actors spawned by the name of their kind. */
#include <pthread.h>

#include "tests/unit/vm/world.h"
#include "thespis/client.h"
#include "thespis/kind.h"

THS_SIGNAL(who)
THS_MESSAGE(me, THS_FIELD(uint32_t, kind))

static ths_status
first_who(ths_self *self, ths_nothing *state, const struct who *who)
{
	(void)state, (void)who;
	return ths_reply(self, me, .kind = 1);
}

static ths_status
second_who(ths_self *self, ths_nothing *state, const struct who *who)
{
	(void)state, (void)who;
	return ths_reply(self, me, .kind = 2);
}

THS_ACTOR(first, ths_nothing, THS_ON(who, first_who))
THS_ACTOR(second, ths_nothing, THS_ON(who, second_who))

static uint32_t
kind_of(struct world *world, ths_address address)
{
	ths_mail *mail = ths_call(world->vm, address, THS_SECONDS(10), who);
	const struct me *me = ths_mail_as(mail, me);
	uint32_t kind = me == NULL ? 0 : me->kind;

	ths_mail_free(mail);
	return kind;
}

static uint32_t
spawn_kind(struct world *world, const char *name)
{
	ths_address address;

	cr_assert_eq(ths_spawn_kind(world->vm, &address, name, NULL), THS_OK);
	return kind_of(world, address);
}

Test(kinds, are_told_apart_by_their_whole_name)
{
	struct world world;
	char name[32] = "a kind.of its own";

	world_begin_inline(&world);
	cr_assert_eq(ths_kind_register(world.vm, name, &first_actor), THS_OK);
	name[0] = 'b'; /* it was copied */
	cr_assert_eq(ths_kind_register(world.vm, name, &second_actor), THS_OK);
	cr_assert_eq(spawn_kind(&world, "a kind.of its own"), 1);
	cr_assert_eq(spawn_kind(&world, "b kind.of its own"), 2);
	cr_assert_eq(ths_kind_register(world.vm, name, &second_actor), THS_OK,
	    "it has it already");
	cr_assert_eq(ths_kind_register(world.vm, name, &first_actor),
	    THS_TAKEN);
	cr_assert_eq(spawn_kind(&world, name), 2);
	/* Two names for one. */
	cr_assert_eq(ths_kind_register(world.vm, "c.d", &second_actor), THS_OK);
	cr_assert_eq(spawn_kind(&world, "c.d"), 2);
	world_end(&world);
}

Test(kinds, have_qualified_names)
{
	static const char *const names[] = { "", ".", "first", "first.",
		".first", "a..first", "a.first." };
	struct world world;
	ths_address address;

	world_begin_inline(&world);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		cr_assert_eq(ths_kind_register(world.vm, names[i],
		    &first_actor), THS_BAD_ARGUMENT, "\"%s\"", names[i]);
		cr_assert_eq(ths_spawn_kind(world.vm, &address, names[i],
		    NULL), THS_BAD_ARGUMENT, "\"%s\"", names[i]);
	}
	cr_assert_eq(ths_kind_register(world.vm, NULL, &first_actor),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_kind_register(world.vm, "a.first", NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_kind_register(NULL, "a.first", &first_actor),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn_kind(world.vm, &address, NULL, NULL),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_spawn_kind(world.vm, &address, "a.first", NULL),
	    THS_UNKNOWN);
	cr_assert_eq(world_logged(&world, "no kind has the name \"a.first\""),
	    1);
	cr_assert_eq(world_status(&world).spawned, 0);
	world_end(&world);
}

/* C-15 */
Test(kinds, are_not_looked_at_for_a_name_that_somebody_has,
    .description = "C-15")
{
	const ths_spawn_options options = { .name = "the one" };
	struct world world;
	ths_address one, other;

	world_begin_inline(&world);
	cr_assert_eq(ths_spawn(world.vm, &one, &first_actor, &options),
	    THS_OK);
	cr_assert_eq(ths_spawn_kind(world.vm, &other, "This.is.bogus",
	    &options), THS_OK);
	cr_assert(ths_address_equal(one, other));
	world_end(&world);
}

Test(kinds, have_limits_that_count)
{
	char name[THS_KIND_LENGTH_MAX + 2];
	struct world world;

	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
	    .kinds_max = 2 });
	memset(name, 'x', sizeof(name));
	name[1] = '.';
	name[THS_KIND_LENGTH_MAX + 1] = '\0';
	cr_assert_eq(ths_kind_register(world.vm, name, &first_actor),
	    THS_LIMIT);
	name[THS_KIND_LENGTH_MAX] = '\0';
	cr_assert_eq(ths_kind_register(world.vm, name, &first_actor), THS_OK);
	cr_assert_eq(ths_kind_register(world.vm, "a.b", &first_actor), THS_OK);
	cr_assert_eq(ths_kind_register(world.vm, "a.c", &first_actor),
	    THS_LIMIT);
	cr_assert_eq(ths_kind_register(world.vm, "a.b", &first_actor), THS_OK);
	cr_assert_eq(world_status(&world).limits_hit, 2);
	cr_assert_eq(spawn_kind(&world, name), 1);
	world_end(&world);
}

Test(kinds, need_memory)
{
	struct world world;

	world_begin_inline(&world);
	cr_assert_eq(ths_kind_register(world.vm, "a.b", &first_actor), THS_OK);
	world.vm->memory.bytes_max = atomic_load(&world.vm->memory.bytes);
	cr_assert_eq(ths_kind_register(world.vm, "a.c", &first_actor),
	    THS_NO_MEMORY);
	world.vm->memory.bytes_max = 0;
	cr_assert_eq(ths_kind_register(world.vm, "a.c", &first_actor), THS_OK);
	world_end(&world);
}

enum { RIVALS = 4, ROUNDS = 300 };

static void *
register_all(void *argument)
{
	struct world *world = argument;
	uintptr_t taken = 0;

	for (int i = 0; i < ROUNDS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "kind.%d", i);
		taken += ths_kind_register(world->vm, name, i % 2 == 0 ?
		    &first_actor : &second_actor) != THS_OK;
	}
	return (void *)taken;
}

Test(kinds, registered_by_many_at_once_are_one_each)
{
	pthread_t threads[RIVALS];
	struct world world;
	void *taken;

	world_begin_with(&world, (ths_vm_config){ .workers = 1,
	    .kinds_max = ROUNDS + RIVALS });
	for (int i = 0; i < RIVALS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, register_all,
		    &world), 0);
	for (int i = 0; i < RIVALS; i++) {
		pthread_join(threads[i], &taken);
		cr_assert_null(taken);
	}
	cr_assert_eq(spawn_kind(&world, "kind.0"), 1);
	cr_assert_eq(spawn_kind(&world, "kind.299"), 2);
	for (int i = 0; i < RIVALS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "left.%d", i);
		cr_assert_eq(ths_kind_register(world.vm, name, &first_actor),
		    THS_OK, "as many as there are names");
	}
	cr_assert_eq(ths_kind_register(world.vm, "one.more", &first_actor),
	    THS_LIMIT);
	world_end(&world);
}
