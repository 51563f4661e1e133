/* SPDX-License-Identifier: MIT */
/*
 * actors created under a name, simulated: three clients and three actors that
 * all create the same name at once, of two kinds, of a kind whose init fails,
 * and of none at all; and end who has it.
 *
 * If this fails, a name has two actors, or who asked for one has got another
 * than the rest; a failed creation keeps the name, or is answered differently;
 * or who asked is taken for the parent.
 */
#include "tests/sim/vm_world.h"

#include <string.h>

enum { CLIENTS = 3, ACTORS = 3, ROUNDS = 2 };

static const char *const names[ROUNDS] = { "OnlyOne", "solo" };

THS_MESSAGE(create, THS_FIELD(uint32_t, round), THS_FIELD(uint32_t, kind))
THS_MESSAGE(created, THS_FIELD(int, status), THS_FIELD(ths_address, address))
THS_SIGNAL(who)
THS_MESSAGE(me, THS_FIELD(ths_string, kind), THS_FIELD(ths_address, parent))
THS_SIGNAL(family)
THS_MESSAGE(children, THS_FIELD(uint32_t, count))

static struct world {
	struct vm_world base;
	ths_address askers[ACTORS];
	ths_address found[ROUNDS][CLIENTS + ACTORS];
	seeds_count arrived[ROUNDS * 8]; /* at each meeting */
	seeds_count alive[ROUNDS];       /* under the name: 1 at most */
	seeds_count inits[ROUNDS];
	seeds_count told;                /* of an end */
} world;

/* ---------------------------------------------------------- who are created */

struct solo { uint32_t round; };

static ths_status
solo_init(ths_self *self, struct solo *solo)
{
	solo->round = strcmp(ths_my_name(self), names[0]) == 0 ? 0 : 1;
	SEEDS_CHECK(seeds_add(&world.alive[solo->round], 1) == 0);
	seeds_add(&world.inits[solo->round], 1);
	return THS_OK;
}

static void
solo_exit(ths_self *self, struct solo *solo)
{
	(void)self;
	seeds_add(&world.alive[solo->round], (uint32_t)-1);
}

static ths_status
first_who(ths_self *self, struct solo *solo, const struct who *who)
{
	(void)solo, (void)who;
	return ths_reply(self, me, .kind = "first", .parent = ths_parent(self));
}

static ths_status
second_who(ths_self *self, struct solo *solo, const struct who *who)
{
	(void)solo, (void)who;
	return ths_reply(self, me, .kind = "second",
	    .parent = ths_parent(self));
}

THS_ACTOR(first, struct solo, THS_INIT(solo_init), THS_EXIT(solo_exit),
    THS_ON(who, first_who))
THS_ACTOR(second, struct solo, THS_INIT(solo_init), THS_EXIT(solo_exit),
    THS_ON(who, second_who))

static ths_status
failing_init(ths_self *self, struct solo *solo)
{
	(void)self, (void)solo;
	return THS_FAILED;
}

THS_ACTOR(failing, struct solo, THS_INIT(failing_init),
    THS_ON(who, first_who))

enum kind { FIRST, SECOND, FAILING, BOGUS };

static const ths_row bad_rows[] = { { THS_ROW_ON, NULL, NULL, NULL } };
static const ths_actor bogus_actor = { "bogus", 0, bad_rows, 1 };
static const ths_actor *const kinds[] = { &first_actor, &second_actor,
	&failing_actor, &bogus_actor };

/* --------------------------------------------------------------- requesters */

static ths_status
asker_create(ths_self *self, ths_nothing *nothing, const struct create *create)
{
	const ths_spawn_options options = { .name = names[create->round] };
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &address,
	    kinds[create->kind], &options);

	(void)nothing;
	return ths_reply(self, created, .status = (int)status,
	    .address = address);
}

static ths_status
asker_exited(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	(void)self, (void)nothing, (void)exited;
	seeds_add(&world.told, 1);
	return THS_OK;
}

static ths_status
asker_family(ths_self *self, ths_nothing *nothing, const struct family *family)
{
	(void)nothing, (void)family;
	return ths_reply(self, children,
	    .count = (uint32_t)ths_children(self, NULL, 0));
}

THS_ACTOR(asker, ths_nothing,
    THS_ON(create, asker_create),
    THS_ON(ths_actor_exited, asker_exited),
    THS_ON(family, asker_family))

/* ------------------------------------------------------------------ clients */

static ths_status
create_here(uint32_t round, enum kind kind, ths_address *address)
{
	const ths_spawn_options options = { .name = names[round] };

	return ths_spawn(world.base.vm, address, kinds[kind], &options);
}

static ths_status
create_there(uint32_t asker, uint32_t round, enum kind kind,
    ths_address *address)
{
	ths_mail *mail = ths_call(world.base.vm, world.askers[asker],
	    THS_FOREVER, create, .round = round, .kind = (uint32_t)kind);
	const struct created *created = ths_mail_as(mail, created);
	ths_status status;

	SEEDS_CHECK(created != NULL);
	*address = created->address;
	status = (ths_status)created->status;
	ths_mail_free(mail);
	return status;
}

/* Asks who somebody is; "" if he is gone. */
static const char *
kind_of(ths_address whom)
{
	ths_mail *mail = ths_call(world.base.vm, whom, THS_FOREVER, who);
	const struct me *me = ths_mail_as(mail, me);
	const char *kind = "";

	SEEDS_CHECK(me != NULL || ths_mail_status(mail) == THS_GONE);
	if (me != NULL) {
		SEEDS_CHECK(ths_address_is_nobody(me->parent));
		kind = strcmp(me->kind, "first") == 0 ? "first" : "second";
	}
	ths_mail_free(mail);
	return kind;
}

/* Waits until all clients are here. */
static void
meet(uint32_t *meeting)
{
	seeds_count *arrived = &world.arrived[(*meeting)++];

	/* In order: what each has found is read by the others. */
	atomic_fetch_add_explicit(arrived, 1, memory_order_acq_rel);
	while (atomic_load_explicit(arrived, memory_order_acquire) < CLIENTS)
		sim_sleep(world.base.sim, 1 +
		    sim_random(world.base.sim, 1000));
}

/* All create at once; the found addresses stand in the world. */
static void
create_both(uint32_t client, uint32_t round)
{
	enum kind here = sim_random(world.base.sim, 2) ? FIRST : SECOND;
	enum kind there = sim_random(world.base.sim, 2) ? FIRST : SECOND;

	SEEDS_CHECK(create_here(round, here,
	    &world.found[round][client]) == THS_OK);
	SEEDS_CHECK(create_there(client, round, there,
	    &world.found[round][CLIENTS + client]) == THS_OK);
}

/* C-12 C-14 C-17: all have the one; what kind they asked for is no matter. */
static void
check_all_found(uint32_t round)
{
	const ths_address *found = world.found[round];
	const char *kind = kind_of(found[0]);

	SEEDS_CHECK(kind[0] != '\0');
	SEEDS_CHECK(seeds_read(&world.inits[round]) == 1);
	for (int i = 1; i < CLIENTS + ACTORS; i++)
		SEEDS_CHECK(ths_address_equal(found[i], found[0]));
	SEEDS_CHECK(strcmp(kind_of(found[CLIENTS]), kind) == 0);
}

/* C-15 C-31: ends who has the name; it is free before anybody hears of it. */
static void
end_solo(uint32_t round)
{
	ths_address solo = world.found[round][0];
	ths_address again;

	SEEDS_CHECK(create_here(round, BOGUS, &again) == THS_OK);
	SEEDS_CHECK(ths_address_equal(again, solo));
	SEEDS_CHECK(ths_tell(world.base.vm, solo, ths_exit_request) == THS_OK);
	SEEDS_CHECK(kind_of(solo)[0] == '\0');
	SEEDS_CHECK(kind_of(again)[0] == '\0');
	SEEDS_CHECK(create_here(round, BOGUS, &again) == THS_BAD_ARGUMENT);
	SEEDS_CHECK(ths_name_find(world.base.vm, names[round], &again) ==
	    THS_UNKNOWN);
}

static void
check_childless(uint32_t asker)
{
	ths_mail *mail = ths_call(world.base.vm, world.askers[asker],
	    THS_FOREVER, family);
	ths_actor_status status;

	SEEDS_CHECK(ths_mail_as(mail, children) != NULL);
	SEEDS_CHECK(ths_mail_as(mail, children)->count == 0);
	ths_mail_free(mail);
	SEEDS_CHECK(ths_actor_status_read(world.base.vm, world.askers[asker],
	    &status) == THS_OK && status.children == 0);
	SEEDS_CHECK(seeds_read(&world.told) == 0);
}

/* C-32: whoever asked is told the same, one way or the other. */
static void
create_in_vain(uint32_t client, uint32_t round)
{
	ths_address address;

	SEEDS_CHECK(create_here(round, FAILING, &address) == THS_OK);
	SEEDS_CHECK(kind_of(address)[0] == '\0');
	SEEDS_CHECK(create_there(client, round, FAILING, &address) == THS_OK);
	SEEDS_CHECK(kind_of(address)[0] == '\0');
}

/* C-31: the one who asked for it may go. */
static void
change_asker(uint32_t client, uint32_t round)
{
	ths_address *asker = &world.askers[client];

	SEEDS_CHECK(ths_tell(world.base.vm, *asker, ths_exit_request) ==
	    THS_OK);
	SEEDS_CHECK(kind_of(*asker)[0] == '\0');
	SEEDS_CHECK(kind_of(world.found[round][client])[0] != '\0');
	SEEDS_CHECK(ths_spawn(world.base.vm, asker, &asker_actor, NULL) ==
	    THS_OK);
}

static void
ask_about(void *argument)
{
	uint32_t client = (uint32_t)(uintptr_t)argument;
	uint32_t meeting = 0;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		create_in_vain(client, round);
		meet(&meeting);
		create_both(client, round);
		meet(&meeting);
		check_all_found(round);
		check_childless(client);
		meet(&meeting);
		if (client == 0)
			end_solo(round);
		meet(&meeting);
		check_childless(client);
		seeds_add(&world.inits[round], client == 0 ?
		    (uint32_t)-1 : 0);
		meet(&meeting);
		world.found[round][client] = THS_NOBODY;
		create_both(client, round);
		meet(&meeting);
		check_all_found(round);
		change_asker(client, round);
		meet(&meeting);
	}
}

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.log_level = THS_LOG_NONE });
	for (int i = 0; i < ACTORS; i++)
		SEEDS_CHECK(ths_spawn(world.base.vm, &world.askers[i],
		    &asker_actor, NULL) == THS_OK);
	for (uintptr_t i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "client", ask_about, (void *)i);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.base.status.names == 0);
	/* T-202 T-203 */
	SEEDS_CHECK(world.alive[0] == 0 && world.alive[1] == 0);
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "Who is created under a name is one, for all who ask.",
		.description = "T-200 T-202 T-203 C-12 C-14 C-15 C-17 C-31 "
		    "C-32",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
