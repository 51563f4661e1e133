/* SPDX-License-Identifier: MIT */
/*
 * beginnings, simulated: two threads start actors whose init tries all that an
 * actor can do, and actors that try to have a child when they end; a mother
 * bears members whose starts send, spawn, and then go on, fail, crash or leave,
 * while mail for them is under way already.
 *
 * If this fails, an actor that has not begun has acted on others, or has not
 * seen what its VM offers and its creator asks for, one that is ending has left
 * a child behind, mail came before the start, or a start that failed has not
 * ended like any actor: its child before it, its exit, one notice.
 */
#include "tests/sim/vm_world.h"
#include "tests/unit/vm/eager.h"

enum { SPAWNERS = 2, EAGERS = 2, CLINGERS = 1, MEMBERS = 8, HOWS = 4,
	PAUSE_NS = 400 };

THS_MESSAGE(birth, THS_FIELD(int32_t, number))
THS_MESSAGE(bear, THS_FIELD(int32_t, number))
THS_MESSAGE(greet, THS_FIELD(int32_t, number))
THS_MESSAGE(born, THS_FIELD(int32_t, number))
THS_SIGNAL(leave)

struct record {
	ths_address address;
	seeds_count inits;
	seeds_count starts;
	seeds_count greeted;
	seeds_count heard; /* of its start, by the mother */
	seeds_count children; /* alive */
	seeds_count exits;
	seeds_count told;
};

static struct world {
	struct vm_world base;
	ths_address other;
	ths_address mother;
	struct eager_notes notes[SPAWNERS][EAGERS];
	struct record records[MEMBERS];
	seeds_count clung;
} world;

/* ----------------------------------------------------------------- clinging */

/* C-30 */
static void
on_clinging_exit(ths_self *self, ths_nothing *nothing)
{
	ths_address child = THS_NOBODY;
	ths_status status = ths_spawn_child(self, &child, &eager_other_actor,
	    NULL);

	(void)nothing;
	SEEDS_CHECK(status == THS_WRONG_PLACE || status == THS_STOPPED);
	SEEDS_CHECK(ths_address_is_nobody(child));
	SEEDS_CHECK(ths_send(self, child, eager_poke) == THS_OK);
	seeds_add(&world.clung, 1);
}

THS_ACTOR(clinging, ths_nothing, THS_EXIT(on_clinging_exit))

/* ------------------------------------------------------------------ members */

enum how { LIVES, FAILS, CRASHES, LEAVES };

struct member { int32_t number; };

static struct record *
record_of(const struct member *member)
{
	return &world.records[member->number];
}

static enum how
how_of(int32_t number)
{
	return (enum how)(number % HOWS);
}

static ths_status
on_child_birth(ths_self *self, struct member *member, const struct birth *birth)
{
	(void)self;
	member->number = birth->number;
	seeds_add(&record_of(member)->children, 1);
	return THS_OK;
}

static void
on_child_exit(ths_self *self, struct member *member)
{
	(void)self;
	SEEDS_CHECK(record_of(member)->exits == 0);
	seeds_add(&record_of(member)->children, (uint32_t)-1);
}

THS_ACTOR(child, struct member,
    THS_INIT(birth, on_child_birth),
    THS_EXIT(on_child_exit))

/* T-042: what the VM offers now, and what the mother asked for. */
static void
look(ths_self *self, int32_t number)
{
	const ths_capabilities *held = ths_capabilities_hold(ths_self_vm(self));
	const ths_variant *hue = ths_map_get(ths_requirements(self), "hue");

	SEEDS_CHECK(ths_variant_is_true(ths_map_get(
	    ths_capabilities_map(held), "paint")));
	ths_capabilities_drop(held);
	SEEDS_CHECK(hue != NULL && hue->integer == number);
}

static ths_status
on_birth(ths_self *self, struct member *member, const struct birth *birth)
{
	look(self, birth->number);
	member->number = birth->number;
	SEEDS_CHECK(seeds_add(&record_of(member)->inits, 1) == 0);
	return THS_OK;
}

static ths_status
on_start(ths_self *self, struct member *member, const struct birth *birth)
{
	const ths_spawn_options options = { .start = THS_ANY(birth,
	    .number = birth->number) };
	ths_address child;

	look(self, birth->number);
	SEEDS_CHECK(record_of(member)->inits == 1);
	SEEDS_CHECK(record_of(member)->greeted == 0);
	SEEDS_CHECK(seeds_add(&record_of(member)->starts, 1) == 0);
	SEEDS_CHECK(ths_spawn_child(self, &child, &child_actor, &options) ==
	    THS_OK);
	SEEDS_CHECK(ths_send(self, ths_parent(self), born,
	    .number = birth->number) == THS_OK);
	switch (how_of(birth->number)) {
	case LIVES:
		break;
	case FAILS:
		return ths_fail(self, "no luck");
	case CRASHES:
		return ths_crash(self, "no air");
	case LEAVES:
		ths_exit(self);
		break;
	}
	return THS_OK;
}

static ths_status
on_greet(ths_self *self, struct member *member, const struct greet *greet)
{
	(void)self;
	SEEDS_CHECK(greet->number == member->number);
	SEEDS_CHECK(how_of(member->number) == LIVES);
	SEEDS_CHECK(record_of(member)->starts == 1);
	SEEDS_CHECK(seeds_add(&record_of(member)->greeted, 1) == 0);
	return THS_OK;
}

static void
on_exit(ths_self *self, struct member *member)
{
	(void)self;
	SEEDS_CHECK(record_of(member)->children == 0);
	SEEDS_CHECK(seeds_add(&record_of(member)->exits, 1) == 0);
}

THS_ACTOR(member, struct member,
    THS_INIT(birth, on_birth),
    THS_START(birth, on_start),
    THS_ON(greet, on_greet),
    THS_EXIT(on_exit))

/* --------------------------------------------------------------- the mother */

static ths_status
on_bear(ths_self *self, ths_nothing *nothing, const struct bear *bear)
{
	const ths_pair hue[] = { THS_PAIR_INTEGER("hue", bear->number) };
	const ths_spawn_options options = { .start = THS_ANY(birth,
	    .number = bear->number), .requirements = { hue, 1 } };
	struct record *record = &world.records[bear->number];

	(void)nothing;
	SEEDS_CHECK(ths_spawn_child(self, &record->address, &member_actor,
	    &options) == THS_OK);
	return ths_send(self, record->address, greet, .number = bear->number);
}

static ths_status
on_born(ths_self *self, ths_nothing *nothing, const struct born *born)
{
	struct record *record = &world.records[born->number];

	(void)nothing;
	SEEDS_CHECK(ths_address_equal(ths_sender(self), record->address));
	SEEDS_CHECK(record->told == 0);
	SEEDS_CHECK(seeds_add(&record->heard, 1) == 0);
	return THS_OK;
}

static ths_status
on_told(ths_self *self, ths_nothing *nothing,
    const struct ths_actor_exited *exited)
{
	int32_t number = 0;

	(void)self, (void)nothing;
	while (!ths_address_equal(world.records[number].address, exited->child))
		SEEDS_CHECK(++number < MEMBERS);
	SEEDS_CHECK(seeds_add(&world.records[number].told, 1) == 0);
	SEEDS_CHECK(world.records[number].heard == 1);
	SEEDS_CHECK(world.records[number].exits == 1);
	switch (how_of(number)) {
	case LIVES:
		break;
	case FAILS:
		SEEDS_CHECK(exited->reason == THS_EXIT_INIT_FAILED);
		break;
	case CRASHES:
		SEEDS_CHECK(exited->reason == THS_EXIT_CRASHED);
		break;
	case LEAVES:
		SEEDS_CHECK(exited->reason == THS_EXIT_LEFT);
		break;
	}
	return THS_OK;
}

THS_ACTOR(mother, ths_nothing,
    THS_ON(bear, on_bear),
    THS_ON(born, on_born),
    THS_ON(ths_actor_exited, on_told))

/* ---------------------------------------------------------------- the world */

static void
rest(void)
{
	sim_sleep(world.base.sim, sim_random(world.base.sim, PAUSE_NS));
}

static void
call(ths_address whom)
{
	ths_mail *mail = ths_call(world.base.vm, whom, THS_FOREVER, eager_poke);

	SEEDS_CHECK(ths_mail_as(mail, eager_poke) != NULL);
	ths_mail_free(mail);
}

static void
spawn(void *argument)
{
	struct eager_notes *notes = argument;
	ths_vm *vm = world.base.vm;
	ths_address address;

	for (int i = 0; i < CLINGERS; i++) {
		SEEDS_CHECK(ths_spawn(vm, &address, &clinging_actor, NULL) ==
		    THS_OK);
		rest();
		SEEDS_CHECK(ths_tell(vm, address, ths_exit_request) == THS_OK);
	}
	for (int i = 0; i < EAGERS; i++) {
		SEEDS_CHECK(eager_spawn(vm, world.other, &notes[i], &address)
		    == THS_OK);
		rest();
		call(address);
	}
	call(world.other);
}

static void
bear(void *argument)
{
	(void)argument;
	for (int32_t i = 0; i < MEMBERS; i++) {
		SEEDS_CHECK(ths_tell(world.base.vm, world.mother, bear,
		    .number = i) == THS_OK);
		rest();
	}
	/* A mother that is ending would not hear of them. */
	for (int32_t i = 0; i < MEMBERS; i++) {
		while (seeds_read(&world.records[i].heard) == 0)
			rest();
	}
}

static void
start(ths_sim *sim)
{
	static const ths_pair paint[] = { THS_PAIR_BOOL("paint", true) };

	vm_world_start(&world.base, sim, &(ths_vm_config){ .workers = 2,
		.slice_max = 3, .log_level = THS_LOG_ERROR,
		.capabilities = { paint, 1 } });
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.other, &eager_other_actor,
	    NULL) == THS_OK);
	SEEDS_CHECK(ths_spawn(world.base.vm, &world.mother, &mother_actor,
	    NULL) == THS_OK);
	for (int i = 0; i < SPAWNERS; i++)
		vm_world_client(&world.base, "spawner", spawn, world.notes[i]);
	vm_world_client(&world.base, "midwife", bear, NULL);
	vm_world_stopper(&world.base);
}

/* T-041: no attempt has come to anything. */
static void
check_eagers(void)
{
	const ths_vm_status *status = &world.base.status;

	for (int i = 0; i < SPAWNERS * EAGERS; i++)
		SEEDS_CHECK(eager_was_refused(
		    &world.notes[i / EAGERS][i % EAGERS]));
	SEEDS_CHECK(status->limits_hit == 0);
	SEEDS_CHECK(ths_address_is_nobody(status->undertaker));
	/* T-109: each that clung has sent one, to nobody. */
	SEEDS_CHECK(seeds_read(&world.clung) == SPAWNERS * CLINGERS);
	SEEDS_CHECK(status->dead[THS_DEAD_NOBODY] == SPAWNERS * CLINGERS);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	check_eagers();
	for (int32_t i = 0; i < MEMBERS; i++) {
		const struct record *record = &world.records[i];

		SEEDS_CHECK(record->inits == 1 && record->starts == 1);
		SEEDS_CHECK(record->exits == 1);
		SEEDS_CHECK(record->children == 0);
		SEEDS_CHECK(record->heard == 1 && record->told == 1);
		SEEDS_CHECK(record->greeted == (how_of(i) == LIVES));
	}
	SEEDS_CHECK(world.base.status.unborn == MEMBERS / HOWS);
	SEEDS_CHECK(world.base.status.spawned == 2 + 2 * MEMBERS +
	    SPAWNERS * (EAGERS + CLINGERS));
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "An init only looks, and a start comes before mail.",
		.description = "T-041 T-042 T-109 C-11 C-27 C-30",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.faults = SEEDS_DELAYS,
	};

	return seeds_main(argc, argv, &program);
}
