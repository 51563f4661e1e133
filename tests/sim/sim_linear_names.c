/* SPDX-License-Identifier: MIT */
/*
 * the table of names, simulated: actors that take names, give them up, look
 * them up and end; three threads outside that look names up, create actors
 * under them, and end who has them and wait for that.  Two names share a chain
 * of the table, and there is room for one less than there are.  In every other
 * world one actor keeps the first name throughout.
 *
 * If this fails, a name that somebody had all the time was found to be nobody's
 * or another's, one was given to two, or somebody was found under it whose end
 * had been told, or who never got it: no order of the operations gives these
 * answers.
 */
#include <stdio.h>

#include "tests/sim/linear_models.h"
#include "tests/sim/vm_world.h"
#include "vm/admin/name_key.h"

enum {
	NAMES = 3,
	NAMES_MAX = NAMES - 1,
	RESIDENTS = 3, /* from the start */
	CLIENTS = 3,
	TURNS = 10, /* of each client */
	STEPS = 2,  /* of a turn, at most, that concern one name */
	LIVES_MAX = RESIDENTS + CLIENTS * TURNS,
	BUCKETS = 64, /* of the table, for so few names */
};

_Static_assert(CLIENTS * TURNS * STEPS <= LINEAR_KEY_MAX,
    "all may be for one name");

THS_MESSAGE(born,
    THS_FIELD(uint32_t, name), /* NAMES: without one */
    THS_FIELD(bool, keeps))    /* the first, which it takes itself */
THS_MESSAGE(stir, THS_FIELD(uint32_t, more)) /* times */
THS_SIGNAL(leave)
THS_SIGNAL(leave_now)

/* An actor that is about to end. */
struct leaver {
	_Atomic uint64_t who; /* relaxed: who looks for him knows of his end */
	seeds_count is_mourned;
	struct linear_operation *ends[NAMES]; /* NULL: not his name */
};

static struct world {
	struct vm_world base;
	struct linear_history history;
	struct linear_result result;
	ths_address residents[RESIDENTS];
	bool has_keeper; /* the first resident */
	seeds_count leavers_length;
	struct leaver leavers[LIVES_MAX];
} world;

/* The first two share a chain.  They begin alike, so that comparing them
 * takes a while. */
static char names[NAMES][THS_NAME_LENGTH_MAX + 1];

/* What must happen now and then. */
enum tally { ENDED, NO_ROOM, TAKEN };

static uint32_t
draw(uint32_t n)
{
	return sim_random(world.base.sim, n);
}

static uint64_t
id_of(ths_address address)
{
	return (uint64_t)address.slot << 32 | address.generation;
}

/* He has the first name, and keeps it to the end. */
static bool
is_keeper(ths_address address)
{
	return world.has_keeper && ths_address_equal(address,
	    world.residents[0]);
}

static struct linear_operation *
call(const char *who, uint32_t number, enum linear_name_operation what,
    uint32_t name, uint64_t by)
{
	return linear_call(&world.history, (struct linear_operation){
		.who = who, .number = number, .what = what, .key = name,
		.argument = by });
}

static enum linear_name_result
result_of(ths_status status)
{
	if (status == THS_TAKEN)
		return NAME_TAKEN;
	if (status == THS_LIMIT)
		return NAME_NO_ROOM;
	if (status == THS_UNKNOWN)
		return NAME_UNKNOWN;
	SEEDS_CHECK(status == THS_OK);
	return NAME_DONE;
}

/* ------------------------------------------------------------------- actors */

struct resident { bool has[NAMES]; };

static void
find(const char *who, uint32_t number, uint32_t name, ths_address *address)
{
	struct linear_operation *operation = call(who, number, NAME_FIND,
	    name, 0);
	ths_status status = ths_name_find(world.base.vm, names[name],
	    address);

	if (status != THS_OK) {
		SEEDS_CHECK(status == THS_UNKNOWN);
		*address = THS_NOBODY;
	}
	linear_answer(operation, id_of(*address));
}

static void
take_name(ths_self *self, struct resident *resident, uint32_t name)
{
	uint64_t me = id_of(ths_me(self));
	struct linear_operation *operation = call("actor",
	    ths_me(self).slot, NAME_REGISTER, name, me);
	ths_status status = ths_name_register(self, names[name]);

	linear_answer(operation, result_of(status));
	SEEDS_CHECK(!resident->has[name] || status == THS_OK);
	resident->has[name] |= status == THS_OK;
	if (status != THS_OK)
		seeds_tally(status == THS_LIMIT ? NO_ROOM : TAKEN);
}

static void
give_up_name(ths_self *self, struct resident *resident, uint32_t name)
{
	struct linear_operation *operation = call("actor",
	    ths_me(self).slot, NAME_GIVE_UP, name, id_of(ths_me(self)));
	ths_status status = ths_name_unregister(self, names[name]);

	linear_answer(operation, result_of(status));
	SEEDS_CHECK(status == (resident->has[name] ? THS_OK : THS_UNKNOWN));
	resident->has[name] = false;
}

static ths_status
resident_born(ths_self *self, struct resident *resident,
    const struct born *born)
{
	if (born->name < NAMES)
		resident->has[born->name] = true;
	if (born->keeps)
		take_name(self, resident, 0);
	return THS_OK;
}

static uint32_t
first_name(const struct resident *resident)
{
	uint32_t name = 0;

	while (name < NAMES && !resident->has[name])
		name++;
	return name;
}

/* Looks a name up, gives one up, or takes one, mostly for another. */
static ths_status
resident_stir(ths_self *self, struct resident *resident,
    const struct stir *stir)
{
	uint32_t name = draw(NAMES);
	uint32_t former = first_name(resident);
	uint32_t what = draw(6);
	ths_address other;

	if (stir->more > 0)
		SEEDS_CHECK(ths_send(self, ths_me(self), stir,
		    .more = stir->more - 1) == THS_OK);
	if (what == 0 || is_keeper(ths_me(self))) {
		find("actor", ths_me(self).slot, name, &other);
		return THS_OK;
	}
	if (former < NAMES && former != name)
		give_up_name(self, resident, former);
	if (what > 1)
		take_name(self, resident, name);
	return THS_OK;
}

static ths_status
resident_leave(ths_self *self, struct resident *resident,
    const struct leave *leave)
{
	(void)resident, (void)leave;
	/* Who waits for the end may be there before. */
	return ths_send(self, ths_me(self), leave_now);
}

static ths_status
resident_leave_now(ths_self *self, struct resident *resident,
    const struct leave_now *leave)
{
	(void)resident, (void)leave;
	ths_exit(self);
	return THS_OK;
}

/* The names are its own until this is over. */
static void
resident_exit(ths_self *self, struct resident *resident)
{
	uint32_t index = seeds_add(&world.leavers_length, 1);
	struct leaver *leaver = &world.leavers[index];
	uint64_t me = id_of(ths_me(self));

	SEEDS_CHECK(index < LIVES_MAX);
	for (uint32_t i = 0; i < NAMES; i++) {
		if (resident->has[i])
			leaver->ends[i] = call("actor", ths_me(self).slot,
			    NAME_END, i, me);
	}
	atomic_store_explicit(&leaver->who, me, memory_order_relaxed);
}

THS_ACTOR(resident, struct resident,
    THS_START(born, resident_born),
    THS_ON(stir, resident_stir),
    THS_ON(leave, resident_leave),
    THS_ON(leave_now, resident_leave_now),
    THS_EXIT(resident_exit))

/* ------------------------------------------------------------------ clients */

/* Its end has been heard of: it has given up its names by now. */
static void
mourn(uint64_t who)
{
	uint32_t length = seeds_read(&world.leavers_length);

	for (uint32_t i = 0; i < length && i < LIVES_MAX; i++) {
		struct leaver *leaver = &world.leavers[i];

		if (atomic_load_explicit(&leaver->who, memory_order_relaxed) !=
		    who || seeds_add(&leaver->is_mourned, 1) > 0)
			continue;
		seeds_tally(ENDED);
		for (uint32_t k = 0; k < NAMES; k++) {
			if (leaver->ends[k] != NULL)
				linear_answer(leaver->ends[k], 0);
		}
	}
}

static void
dismiss(ths_address whom)
{
	SEEDS_CHECK(ths_tell(world.base.vm, whom, leave) == THS_OK);
	if (draw(8) == 0)
		return; /* an end that nobody has heard of */
	SEEDS_CHECK(ths_wait(world.base.vm, whom, THS_FOREVER, NULL) ==
	    THS_OK);
	mourn(id_of(whom));
}

static void
create(uint32_t number, uint32_t name)
{
	ths_spawn_options options = { .name = names[name],
		.start = THS_ANY(born, .name = name) };
	struct linear_operation *operation = call("client", number,
	    NAME_CREATE, name, 0);
	ths_address address = THS_NOBODY;
	ths_status status = ths_spawn(world.base.vm, &address, &resident_actor,
	    &options);

	SEEDS_CHECK(status == THS_OK || status == THS_LIMIT);
	if (status == THS_LIMIT)
		seeds_tally(NO_ROOM);
	linear_answer(operation, id_of(address));
}

static void
go_about(void *argument)
{
	uint32_t number = sim_self(world.base.sim);
	ths_address found = THS_NOBODY;
	uint32_t name = 0; /* what was looked up last */

	(void)argument;
	for (int i = 0; i < TURNS; i++) {
		uint32_t what = draw(8);

		if (what < 3 || (what > 6 && (is_keeper(found) ||
		    ths_address_is_nobody(found)))) {
			/* Where somebody always is, nobody is a mistake. */
			name = draw(2) == 0 ? 0 : draw(NAMES);
			find("client", number, name, &found);
		} else if (what < 6) {
			(void)ths_tell(world.base.vm, what == 3 &&
			    !ths_address_is_nobody(found) ? found :
			    world.residents[draw(RESIDENTS)], stir,
			    .more = STEPS - 1);
		} else if (what < 7) {
			create(number, draw(NAMES));
		} else { /* who is found under the same name then? */
			dismiss(found);
			find("client", number, name, &found);
		}
	}
}

/* --------------------------------------------------------------------- main */

static void
start(ths_sim *sim)
{
	vm_world_start(&world.base, sim, &(ths_vm_config){
		.workers = 2 + sim_random(sim, 2), .names_max = NAMES_MAX });
	world.history.points = &sim->points;
	world.has_keeper = sim_random(sim, 2) == 0;
	for (uint32_t i = 0; i < RESIDENTS; i++) {
		ths_spawn_options options = { .start = THS_ANY(born,
		    .name = NAMES, .keeps = i == 0 && world.has_keeper) };

		SEEDS_CHECK(ths_spawn(world.base.vm, &world.residents[i],
		    &resident_actor, &options) == THS_OK);
	}
	for (uint32_t i = 0; i < CLIENTS; i++)
		vm_world_client(&world.base, "client", go_about, NULL);
	vm_world_stopper(&world.base);
}

static void
end(ths_sim *sim)
{
	(void)sim;
	vm_world_end(&world.base);
	SEEDS_CHECK(world.base.stopped == THS_OK);
	SEEDS_CHECK(world.base.status.names == 0);
	linear_check(&world.history, &linear_name, &world.result);
	if (world.result.verdict != LINEAR_YES)
		seeds_fail(__FILE__, __LINE__, world.result.why);
}

/* The bucket of a name. */
static uint32_t
bucket_of(const char *name)
{
	struct name_key key;

	SEEDS_CHECK(name_key_make(&key, name) == THS_OK);
	return key.hash % BUCKETS;
}

/* Finds two names of one bucket, and one of another. */
static void
choose_names(void)
{
	uint32_t length = 0;

	for (unsigned i = 0; length < NAMES; i++) {
		char *name = names[length];

		snprintf(name, sizeof(names[0]), "keeper of the door at the "
		    "very end of the corridor, number %u", i);
		if (length == 0 || (bucket_of(name) == bucket_of(names[0])) ==
		    (length == 1))
			length++;
	}
}

int
main(int argc, char **argv)
{
	static const struct seeds_program program = {
		.what = "A name is one actor's at each moment, for whoever "
		    "looks.",
		.world = &world,
		.world_size = sizeof(world),
		.start = start,
		.end = end,
		.tallies = { "an end was waited for", "there was no room",
		    "a name was taken" },
		.faults = SEEDS_DELAYS,
	};

	choose_names();
	return seeds_main(argc, argv, &program);
}
