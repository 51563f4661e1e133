/* SPDX-License-Identifier: MIT */
/* names: one actor at a time for each name, found from everywhere. */
#include "tests/unit/vm/world.h"
#include "thespis/client.h"

THS_MESSAGE(take, THS_FIELD(ths_string, name))
THS_MESSAGE(drop, THS_FIELD(ths_string, name))
THS_MESSAGE(create, THS_FIELD(ths_string, name))
THS_SIGNAL(tell_name)
THS_MESSAGE(called, THS_FIELD(ths_string, name), THS_FIELD(ths_address, parent))
THS_MESSAGE(done, THS_FIELD(int, status), THS_FIELD(ths_address, address))
THS_MESSAGE(number, THS_FIELD(int, value))
THS_SIGNAL(leave)

static _Atomic int inits;
static _Atomic int exits;
static int numbers[8];
static int numbers_length;

/* ------------------------------------------------------------------- actors */

static ths_status
holder_init(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	atomic_fetch_add(&inits, 1);
	return THS_OK;
}

static void
holder_exit(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	atomic_fetch_add(&exits, 1);
}

static ths_status
holder_take(ths_self *self, ths_nothing *state, const struct take *take)
{
	(void)state;
	return ths_reply(self, done,
	    .status = (int)ths_name_register(self, take->name));
}

static ths_status
holder_drop(ths_self *self, ths_nothing *state, const struct drop *drop)
{
	(void)state;
	return ths_reply(self, done,
	    .status = (int)ths_name_unregister(self, drop->name));
}

static ths_status holder_create(ths_self *self, ths_nothing *state,
    const struct create *create);

static ths_status
holder_tell_name(ths_self *self, ths_nothing *state,
    const struct tell_name *tell)
{
	(void)state, (void)tell;
	return ths_reply(self, called, .name = ths_my_name(self),
	    .parent = ths_parent(self));
}

static ths_status
holder_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state;
	numbers[numbers_length++] = number->value;
	return THS_OK;
}

static ths_status
holder_leave(ths_self *self, ths_nothing *state, const struct leave *leave)
{
	(void)state, (void)leave;
	ths_exit(self);
	return THS_OK;
}

THS_ACTOR(holder, ths_nothing, THS_INIT(holder_init), THS_EXIT(holder_exit),
    THS_ON(take, holder_take), THS_ON(drop, holder_drop),
    THS_ON(create, holder_create), THS_ON(tell_name, holder_tell_name),
    THS_ON(number, holder_number), THS_ON(leave, holder_leave))

static ths_status
holder_create(ths_self *self, ths_nothing *state, const struct create *create)
{
	ths_spawn_options options = { .name = create->name };
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &address, &holder_actor,
	    &options);

	(void)state;
	return ths_reply(self, done, .status = (int)status,
	    .address = address);
}

/* Another kind, to tell who was made; and one that cannot begin. */
static ths_status
other_number(ths_self *self, ths_nothing *state, const struct number *number)
{
	(void)self, (void)state, (void)number;
	cr_assert(false, "the other actor must not exist");
	return THS_OK;
}

THS_ACTOR(other, ths_nothing, THS_ON(number, other_number))

static ths_status
failing_init(ths_self *self, ths_nothing *state)
{
	(void)self, (void)state;
	return THS_FAILED;
}

THS_ACTOR(failing, ths_nothing, THS_INIT(failing_init))

/* ------------------------------------------------------------------ helpers */

static void
begin(struct world *world)
{
	atomic_store(&inits, 0);
	atomic_store(&exits, 0);
	numbers_length = 0;
	world_begin_inline(world);
}

static ths_status
try_spawn_as(struct world *world, const ths_actor *actor, const char *name,
    ths_address *address)
{
	ths_spawn_options options = { .name = name };

	return ths_spawn(world->vm, address, actor, &options);
}

static ths_address
spawn_as(struct world *world, const ths_actor *actor, const char *name)
{
	ths_address address = THS_NOBODY;

	cr_assert_eq(try_spawn_as(world, actor, name, &address), THS_OK);
	return address;
}

static bool
is_held_by(struct world *world, const char *name, ths_address address)
{
	ths_address found;

	return ths_name_find(world->vm, name, &found) == THS_OK &&
	    ths_address_equal(found, address);
}

static bool
is_free(struct world *world, const char *name)
{
	ths_address found = THS_NOBODY;

	return ths_name_find(world->vm, name, &found) == THS_UNKNOWN &&
	    ths_address_is_nobody(found);
}

static void
end_actor(struct world *world, ths_address address)
{
	cr_assert_eq(ths_tell(world->vm, address, leave), THS_OK);
	ths_vm_run(world->vm, 0);
}

/* What a holder answered to a call; frees the mail. */
static ths_status
status_in(ths_mail *mail, ths_address *address)
{
	const struct done *done = ths_mail_as(mail, done);
	ths_status status;

	cr_assert_not_null(done, "%s", ths_mail_why(mail));
	status = (ths_status)done->status;
	if (address != NULL)
		*address = done->address;
	ths_mail_free(mail);
	return status;
}

#define TAKE(world, actor, text) status_in(ths_call((world)->vm, (actor), \
	THS_SECONDS(10), take, .name = (text)), NULL)
#define DROP(world, actor, text) status_in(ths_call((world)->vm, (actor), \
	THS_SECONDS(10), drop, .name = (text)), NULL)

/* The actor lives, and calls itself so; nobody is its parent. */
static void
check_called(struct world *world, ths_address actor, const char *name)
{
	ths_mail *mail = ths_call(world->vm, actor, THS_SECONDS(10),
	    tell_name);
	const struct called *called = ths_mail_as(mail, called);

	cr_assert_not_null(called, "%s", ths_mail_why(mail));
	/* T-045 */
	cr_assert_str_eq(called->name, name);
	cr_assert(ths_address_is_nobody(called->parent));
	ths_mail_free(mail);
}

/* -------------------------------------------------- creation under a name */

Test(names, give_who_asks_again_the_same_actor, .description = "T-200 C-12")
{
	struct world world;
	ths_address first, again, another, nameless;

	begin(&world);
	first = spawn_as(&world, &holder_actor, "OnlyOne");
	again = spawn_as(&world, &holder_actor, "OnlyOne");
	another = spawn_as(&world, &holder_actor, "another");
	nameless = world_spawn(&world, &holder_actor);
	cr_assert(ths_address_equal(first, again));
	cr_assert_not(ths_address_equal(first, another));
	cr_assert_not(ths_address_equal(first, nameless));
	check_called(&world, again, "OnlyOne");
	check_called(&world, another, "another");
	check_called(&world, nameless, "");
	cr_assert_eq(atomic_load(&inits), 3);
	cr_assert_eq(world_status(&world).spawned, 3);
	cr_assert_eq(world_status(&world).names, 2);
	world_end(&world);
}

Test(names, make_all_else_in_the_call_count_for_nothing,
    .description = "T-200 C-14")
{
	struct world world;
	ths_address holder, child, outer;
	ths_spawn_options options = { .name = "inner", .mailbox_max = 1 };

	begin(&world);
	holder = world_spawn(&world, &holder_actor);
	cr_assert_eq(status_in(ths_call(world.vm, holder, THS_SECONDS(10),
	    create, .name = "inner"), &child), THS_OK);
	cr_assert_eq(ths_spawn(world.vm, &holder, &other_actor, &options),
	    THS_OK);
	cr_assert(ths_address_equal(holder, child));
	/* Were it the other, or its mailbox limited, this would show. */
	cr_assert_eq(ths_tell(world.vm, child, number, .value = 1), THS_OK);
	cr_assert_eq(ths_tell(world.vm, child, number, .value = 2), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(numbers_length, 2);
	/* And the other way round. */
	holder = world_spawn(&world, &holder_actor);
	options = (ths_spawn_options){ .name = "outer" };
	cr_assert_eq(ths_spawn(world.vm, &outer, &other_actor, &options),
	    THS_OK);
	cr_assert_eq(status_in(ths_call(world.vm, holder, THS_SECONDS(10),
	    create, .name = "outer"), &child), THS_OK);
	cr_assert(ths_address_equal(outer, child));
	world_end(&world);
}

Test(names, are_looked_at_before_the_kind_of_actor, .description = "T-201 C-15")
{
	static const ths_row bad_rows[] = { { THS_ROW_ON, NULL, NULL, NULL } };
	static const ths_actor bogus = { "bogus", 0, bad_rows, 1 };
	struct world world;
	ths_address first, again = THS_NOBODY;
	ths_mail *mail;

	begin(&world);
	cr_assert_eq(try_spawn_as(&world, &bogus, "held", &again),
	    THS_BAD_ARGUMENT);
	cr_assert(is_free(&world, "held"));
	first = spawn_as(&world, &holder_actor, "held");
	again = spawn_as(&world, &bogus, "held");
	cr_assert(ths_address_equal(first, again));
	again = spawn_as(&world, NULL, "held");
	cr_assert(ths_address_equal(first, again));
	end_actor(&world, first);
	mail = ths_call(world.vm, again, THS_FOREVER, tell_name);
	cr_assert_eq(ths_mail_status(mail), THS_GONE);
	ths_mail_free(mail);
	cr_assert_eq(try_spawn_as(&world, &bogus, "held", &again),
	    THS_BAD_ARGUMENT);
	world_end(&world);
}

enum { RACERS = 16, ROUNDS = 8 };

static struct race {
	struct world world;
	pthread_barrier_t start;
	_Atomic int round;
	ths_address found[RACERS][ROUNDS];
} race;

static void *
race_main(void *argument)
{
	ths_address *found = argument;

	for (int round = 0; round < ROUNDS; round++) {
		char name[24];
		ths_spawn_options options = { .name = name };

		snprintf(name, sizeof(name), "race %d", round);
		pthread_barrier_wait(&race.start);
		cr_assert_eq(ths_spawn(race.world.vm, &found[round],
		    &holder_actor, &options), THS_OK);
	}
	return NULL;
}

Test(names, asked_for_by_many_at_once_make_one_actor,
    .description = "C-17")
{
	pthread_t threads[RACERS];

	atomic_store(&inits, 0);
	world_begin_local(&race.world, 2);
	pthread_barrier_init(&race.start, NULL, RACERS);
	for (int i = 0; i < RACERS; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, race_main,
		    race.found[i]), 0);
	for (int i = 0; i < RACERS; i++)
		pthread_join(threads[i], NULL);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 1; i < RACERS; i++)
			cr_assert(ths_address_equal(race.found[0][round],
			    race.found[i][round]));
	}
	cr_assert(world_await(&inits, ROUNDS));
	cr_assert_eq(world_status(&race.world).spawned, ROUNDS);
	pthread_barrier_destroy(&race.start);
	world_end(&race.world);
	cr_assert_eq(atomic_load(&inits), ROUNDS);
}

Test(names, of_an_actor_whose_init_fails_are_free_again)
{
	struct world world;
	ths_address first, second;

	begin(&world);
	first = spawn_as(&world, &failing_actor, "hopeful");
	cr_assert_eq(ths_tell(world.vm, first, number, .value = 1), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert(is_free(&world, "hopeful"));
	cr_assert_eq(world_dead(&world, THS_DEAD_EXITED), 1);
	second = spawn_as(&world, &holder_actor, "hopeful");
	cr_assert_not(ths_address_equal(first, second));
	cr_assert_eq(ths_tell(world.vm, second, number, .value = 2), THS_OK);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(numbers_length, 1);
	world_end(&world);
}

Test(names, make_an_actor_nobodys_child_that_outlives_who_asked_for_it)
{
	struct world world;
	ths_address asker, solo;

	begin(&world);
	asker = world_spawn(&world, &holder_actor);
	cr_assert_eq(status_in(ths_call(world.vm, asker, THS_SECONDS(10),
	    create, .name = "solo"), &solo), THS_OK);
	end_actor(&world, asker);
	check_called(&world, solo, "solo");
	world_end(&world);
}

Test(names, are_free_again_when_their_actor_has_ended)
{
	struct world world;
	ths_address first, second;

	begin(&world);
	first = spawn_as(&world, &holder_actor, "solo");
	ths_vm_run(world.vm, 0);
	cr_assert(is_held_by(&world, "solo", first));
	end_actor(&world, first);
	cr_assert_eq(atomic_load(&exits), 1);
	cr_assert(is_free(&world, "solo"));
	cr_assert_eq(world_status(&world).names, 0);
	second = spawn_as(&world, &holder_actor, "solo");
	cr_assert_not(ths_address_equal(first, second));
	cr_assert(is_held_by(&world, "solo", second));
	world_end(&world);
}

Test(names, lead_to_a_mailbox_before_their_actor_has_begun,
    .description = "T-204")
{
	struct world world;
	ths_address first, second;

	begin(&world);
	first = spawn_as(&world, &holder_actor, "early");
	cr_assert_eq(ths_tell(world.vm, first, number, .value = 1), THS_OK);
	cr_assert_eq(ths_tell(world.vm, first, number, .value = 2), THS_OK);
	second = spawn_as(&world, &holder_actor, "early");
	cr_assert_eq(ths_tell(world.vm, second, number, .value = 3), THS_OK);
	cr_assert_eq(atomic_load(&inits), 0);
	ths_vm_run(world.vm, 0);
	cr_assert_eq(numbers_length, 3);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(numbers[i], i + 1);
	world_end(&world);
}

Test(names, are_known_to_their_actor, .description = "T-045 C-16")
{
	struct world world;

	begin(&world);
	check_called(&world, spawn_as(&world, &holder_actor, "named"),
	    "named");
	check_called(&world, world_spawn(&world, &holder_actor), "");
	world_end(&world);
}

/* ---------------------------------------------- registering and giving up */

Test(names, are_taken_and_given_up_by_their_actor)
{
	struct world world;
	ths_address one, other;

	begin(&world);
	one = world_spawn(&world, &holder_actor);
	other = world_spawn(&world, &holder_actor);
	cr_assert_eq(TAKE(&world, one, "desk"), THS_OK);
	cr_assert_eq(TAKE(&world, one, "desk"), THS_OK, "his already");
	cr_assert_eq(TAKE(&world, other, "desk"), THS_TAKEN);
	cr_assert(is_held_by(&world, "desk", one));
	cr_assert_eq(DROP(&world, other, "desk"), THS_UNKNOWN, "not his");
	cr_assert_eq(DROP(&world, one, "desk"), THS_OK);
	cr_assert_eq(DROP(&world, one, "desk"), THS_UNKNOWN);
	cr_assert(is_free(&world, "desk"));
	cr_assert_eq(TAKE(&world, other, "desk"), THS_OK);
	cr_assert(is_held_by(&world, "desk", other));
	world_end(&world);
}

Test(names, of_one_actor_may_be_several_and_all_end_with_it)
{
	enum { COUNT = 300 };
	struct world world;
	ths_address actor;
	char name[24];

	begin(&world);
	actor = spawn_as(&world, &holder_actor, "name 0");
	for (int i = 1; i < COUNT; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		cr_assert_eq(TAKE(&world, actor, name), THS_OK);
	}
	cr_assert_eq(DROP(&world, actor, "name 7"), THS_OK);
	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		cr_assert_eq(is_held_by(&world, name, actor), i != 7);
	}
	cr_assert_eq(world_status(&world).names, COUNT - 1);
	end_actor(&world, actor);
	cr_assert_eq(world_status(&world).names, 0);
	cr_assert(is_free(&world, "name 0"));
	cr_assert(is_free(&world, "name 299"));
	world_end(&world);
}

Test(names, are_told_apart_to_their_last_byte)
{
	char names[THS_NAME_LENGTH_MAX + 1][THS_NAME_LENGTH_MAX + 1];
	ths_address actors[THS_NAME_LENGTH_MAX + 1];
	struct world world;

	begin(&world);
	for (int i = 1; i <= THS_NAME_LENGTH_MAX; i++) {
		memset(names[i], 'a', (size_t)i);
		names[i][i] = '\0';
		actors[i] = spawn_as(&world, &holder_actor, names[i]);
	}
	for (int i = 1; i <= THS_NAME_LENGTH_MAX; i++) {
		cr_assert(is_held_by(&world, names[i], actors[i]));
		names[i][i - 1] = 'b';
		cr_assert(is_free(&world, names[i]));
	}
	world_end(&world);
}

/* -------------------------------------------------------- limits and errors */

Test(names, that_make_no_sense_are_refused)
{
	char longest[THS_NAME_LENGTH_MAX + 2];
	ths_address address = THS_NOBODY;
	struct world world;
	ths_address holder;

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	begin(&world);
	holder = world_spawn(&world, &holder_actor);
	cr_assert_eq(try_spawn_as(&world, &holder_actor, "", &address),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(try_spawn_as(&world, &holder_actor, "two\nlines",
	    &address), THS_BAD_ARGUMENT);
	cr_assert_eq(world_status(&world).limits_hit, 0);
	cr_assert_eq(try_spawn_as(&world, &holder_actor, longest, &address),
	    THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 1);
	cr_assert(ths_address_is_nobody(address), "untouched");
	cr_assert_eq(TAKE(&world, holder, NULL), THS_BAD_ARGUMENT);
	cr_assert_eq(TAKE(&world, holder, ""), THS_BAD_ARGUMENT);
	cr_assert_eq(TAKE(&world, holder, longest), THS_LIMIT);
	cr_assert_eq(world_status(&world).limits_hit, 2);
	cr_assert_eq(DROP(&world, holder, NULL), THS_UNKNOWN);
	cr_assert_eq(ths_name_find(world.vm, NULL, &address),
	    THS_BAD_ARGUMENT);
	cr_assert_eq(ths_name_find(world.vm, longest, &address), THS_UNKNOWN);
	longest[THS_NAME_LENGTH_MAX] = '\0';
	cr_assert_eq(TAKE(&world, holder, longest), THS_OK, "just fits");
	world_end(&world);
}

Test(names, are_limited_and_one_given_up_makes_room)
{
	struct world world;
	ths_address holder, address = THS_NOBODY;

	atomic_store(&inits, 0);
	world_begin_with(&world, (ths_vm_config){ .mode = THS_MODE_INLINE,
		.names_max = 2 });
	holder = spawn_as(&world, &holder_actor, "one");
	cr_assert_eq(TAKE(&world, holder, "two"), THS_OK);
	cr_assert_eq(TAKE(&world, holder, "three"), THS_LIMIT);
	cr_assert_eq(try_spawn_as(&world, &holder_actor, "four", &address),
	    THS_LIMIT);
	cr_assert(ths_address_is_nobody(address), "untouched");
	cr_assert_eq(world_status(&world).limits_hit, 2);
	cr_assert_eq(world_status(&world).spawned, 1);
	cr_assert(ths_address_equal(spawn_as(&world, &holder_actor, "two"),
	    holder), "no new name");
	cr_assert_eq(DROP(&world, holder, "one"), THS_OK);
	spawn_as(&world, &holder_actor, "five");
	cr_assert_eq(world_status(&world).names, 2);
	world_end(&world);
}

Test(names, without_memory_are_refused_and_nobody_is_made)
{
	ths_spawn_options options = { .name = "dear" };
	ths_address address = THS_NOBODY;
	struct world world;
	ths_status status;
	int refused = 0;

	begin(&world);
	/* What else a spawn needs is there after the first. */
	end_actor(&world, world_spawn(&world, &holder_actor));
	for (uint64_t nth = 1; ; nth++) {
		memory_fault_at(&world.vm->memory, nth);
		status = ths_spawn(world.vm, &address, &holder_actor,
		    &options);
		if (status == THS_OK)
			break;
		cr_assert_eq(status, THS_NO_MEMORY);
		cr_assert(is_free(&world, "dear"));
		refused++;
	}
	memory_fault_at(&world.vm->memory, 0);
	cr_assert_geq(refused, 2, "of buckets and record, %d", refused);
	cr_assert(is_held_by(&world, "dear", address));
	world_end(&world);
}

Test(names, of_a_vm_that_has_stopped_are_nobodys)
{
	struct world world;
	ths_address address;

	begin(&world);
	spawn_as(&world, &holder_actor, "late");
	cr_assert_eq(ths_vm_stop(world.vm, THS_SECONDS(10)), THS_OK);
	cr_assert(is_free(&world, "late"));
	cr_assert_eq(try_spawn_as(&world, &holder_actor, "late", &address),
	    THS_STOPPED);
	world_end(&world);
}

Test(names, stand_in_the_status, .description = "T-206")
{
	char text[4096], line[128], address[THS_ADDRESS_TEXT_SIZE];
	struct world world;
	ths_address holder;

	begin(&world);
	holder = spawn_as(&world, &holder_actor, "front desk");
	snprintf(line, sizeof(line), "%s front desk\n",
	    ths_address_print(holder, address));
	ths_vm_status_print(world.vm, text, sizeof(text));
	cr_assert_not_null(strstr(text, "names     1 held\n"));
	cr_assert_not_null(strstr(text, line));
	ths_vm_run(world.vm, 0);
	end_actor(&world, holder);
	ths_vm_status_print(world.vm, text, sizeof(text));
	cr_assert_not_null(strstr(text, "names     0 held\n"));
	cr_assert(strstr(text, "front desk") == NULL);
	world_end(&world);
}
